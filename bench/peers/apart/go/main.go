// SPDX-License-Identifier: Apache-2.0

// Decodes a file of frames with the Framer of golang.org/x/net/http2, reusing frames.
//
// Prints the frames, the nanoseconds of the fastest of five passes, and the checksum (see
// bench/checksum.h).
package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	"golang.org/x/net/http2"
)

func checksum(frameType http2.FrameType, fields ...uint64) uint64 {
	sum := uint64(frameType) << 24
	for place, field := range fields {
		sum += field << place
	}
	return sum
}

func bit(on bool) uint64 {
	if on {
		return 1
	}
	return 0
}

func priority(p http2.PriorityParam) (exclusive, dependency, weight uint64) {
	return bit(p.Exclusive), uint64(p.StreamDep), uint64(p.Weight)
}

func sumOf(frame http2.Frame) uint64 {
	header := frame.Header()
	stream := uint64(header.StreamID)
	switch f := frame.(type) {
	case *http2.DataFrame:
		return checksum(header.Type, stream, bit(f.StreamEnded()), uint64(len(f.Data())))
	case *http2.HeadersFrame:
		sum := checksum(header.Type, stream, bit(f.StreamEnded()), bit(f.HeadersEnded()),
			uint64(len(f.HeaderBlockFragment())))
		if f.HasPriority() {
			exclusive, dependency, weight := priority(f.Priority)
			sum += checksum(0, exclusive, dependency, weight)
		}
		return sum
	case *http2.PriorityFrame:
		exclusive, dependency, weight := priority(f.PriorityParam)
		return checksum(header.Type, stream, exclusive, dependency, weight)
	case *http2.RSTStreamFrame:
		return checksum(header.Type, stream, uint64(f.ErrCode))
	case *http2.SettingsFrame:
		sum := checksum(header.Type, bit(f.IsAck()))
		for i := 0; i < f.NumSettings(); i++ {
			setting := f.Setting(i)
			sum += checksum(0, uint64(setting.ID), uint64(setting.Val))
		}
		return sum
	case *http2.PingFrame:
		return checksum(header.Type, bit(f.IsAck()),
			uint64(binary.LittleEndian.Uint32(f.Data[:4])),
			uint64(binary.LittleEndian.Uint32(f.Data[4:])))
	case *http2.GoAwayFrame:
		return checksum(header.Type, uint64(f.LastStreamID), uint64(f.ErrCode),
			uint64(len(f.DebugData())))
	case *http2.WindowUpdateFrame:
		return checksum(header.Type, stream, uint64(f.Increment))
	case *http2.ContinuationFrame:
		return checksum(header.Type, stream, bit(f.HeadersEnded()),
			uint64(len(f.HeaderBlockFragment())))
	}
	return 0
}

func decode(octets []byte) (frames int, sum uint64) {
	framer := http2.NewFramer(io.Discard, bytes.NewReader(octets))
	framer.SetReuseFrames()
	framer.SetMaxReadFrameSize(1<<24 - 1)
	for {
		frame, err := framer.ReadFrame()
		if errors.Is(err, io.EOF) {
			return frames, sum
		}
		if err != nil {
			log.Fatal(err)
		}
		sum += sumOf(frame)
		frames++
	}
}

func main() {
	octets, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	fastest := time.Duration(1<<63 - 1)
	var frames int
	var sum uint64
	for pass := 0; pass < 5; pass++ {
		start := time.Now()
		frames, sum = decode(octets)
		if taken := time.Since(start); taken < fastest {
			fastest = taken
		}
	}
	fmt.Println(frames, fastest.Nanoseconds(), uint32(sum))
}
