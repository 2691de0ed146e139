// SPDX-License-Identifier: Apache-2.0

#include "json_writer.h"

#include <algorithm>

namespace h2wire::tools {

Output::Room JsonLine::More(Output& output, Output::Room room, std::size_t size) {
  output.Fill(room);
  return output.GetRoom(size);
}

Output::Room JsonLine::HexInPieces(Output& output, Output::Room room, Bytes octets) {
  constexpr std::size_t kPiece = 16 << 10;
  room = More(output, room, 1);
  *room.at++ = '"';
  while (!octets.empty()) {
    const Bytes piece = octets.first(std::min(octets.size(), kPiece));
    room = More(output, room, 2 * piece.size() + 1);
    room.at = internal::ToHex(room.at, piece);
    octets = octets.subspan(piece.size());
  }
  room = More(output, room, 1);
  *room.at++ = '"';
  return room;
}

Output::Room JsonLine::TextInPieces(Output& output, Output::Room room, Bytes octets) {
  room = More(output, room, 1);
  *room.at++ = '"';
  for (const std::byte octet : octets) {
    room = room.size() < 2 ? More(output, room, 2) : room;
    const char c = std::to_integer<char>(octet);
    switch (c) {
      case '\n':
        *room.at++ = '\\';
        *room.at++ = 'n';
        break;
      case '\r':
        *room.at++ = '\\';
        *room.at++ = 'r';
        break;
      case '\t':
        *room.at++ = '\\';
        *room.at++ = 't';
        break;
      case '"':
      case '\\':
        *room.at++ = '\\';
        [[fallthrough]];
      default:
        *room.at++ = c;
    }
  }
  room = More(output, room, 1);
  *room.at++ = '"';
  return room;
}

}  // namespace h2wire::tools
