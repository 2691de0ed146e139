// SPDX-License-Identifier: Apache-2.0

//! Decodes a file of frames with the codec of Rust's h2.
//!
//! The codec is what its "unstable" feature opens. It hands out a field block only decompressed and
//! joined with its CONTINUATIONs, and some fields not at all: of the workloads, those of DATA and
//! WINDOW_UPDATE alone can show the checksum (see bench/checksum.h), the others are refused.
//!
//! Prints the frames, the nanoseconds of the fastest of five passes, and the checksum; or
//! "unsupported".

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_core::Stream;
use h2::frame::Frame;
use h2::Codec;

struct Nobody;

impl Wake for Nobody {
    fn wake(self: Arc<Self>) {}
}

/// The frames and the checksum, or nothing if a frame is of another type.
fn decode(octets: Vec<u8>) -> Option<(u64, u64)> {
    let waker = Arc::new(Nobody).into();
    let mut context = Context::from_waker(&waker);
    let mut codec: Codec<_, Bytes> = Codec::new(std::io::Cursor::new(octets));
    let (mut frames, mut sum) = (0u64, 0u64);
    while let Poll::Ready(Some(frame)) = Pin::new(&mut codec).poll_next(&mut context) {
        let fields = match frame.ok()? {
            Frame::Data(data) => {
                u64::from(u32::from(data.stream_id()))
                    + (u64::from(data.is_end_stream()) << 1)
                    + ((data.payload().len() as u64) << 2)
            }
            Frame::WindowUpdate(update) => {
                (8 << 24)
                    + u64::from(u32::from(update.stream_id()))
                    + (u64::from(update.size_increment()) << 1)
            }
            _ => return None,
        };
        frames += 1;
        sum = sum.wrapping_add(fields);
    }
    Some((frames, sum))
}

fn main() -> std::io::Result<()> {
    let path = std::env::args().nth(1).expect("a file of frames");
    let octets = std::fs::read(path)?;
    let mut fastest = Duration::MAX;
    let mut decoded = None;
    for _ in 0..5 {
        let copy = octets.clone(); // the codec takes its transport by value
        let start = Instant::now();
        decoded = decode(copy);
        fastest = fastest.min(start.elapsed());
    }
    match decoded {
        Some((frames, sum)) => println!("{} {} {}", frames, fastest.as_nanos(), sum as u32),
        None => println!("unsupported"),
    }
    Ok(())
}
