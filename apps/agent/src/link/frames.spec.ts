import fc from 'fast-check';
import { encodeFrame, FRAME_KINDS, FrameReader, type Frame, LinkError, MAX_PAYLOAD } from './frames.js';

const frame = fc.record({
  kind: fc.constantFrom(...FRAME_KINDS),
  stream: fc.nat({ max: 0xffffffff }),
  payload: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
});

describe('frames', () => {
  it('come out as they went in, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(frame), fc.integer({ min: 1, max: 50 }), (sent, size) => {
        const bytes = Buffer.concat(sent.map(encodeFrame));
        const reader = new FrameReader();
        const received: Frame[] = [];
        for (let at = 0; at < bytes.length; at += size) received.push(...reader.push(bytes.subarray(at, at + size)));
        expect(received.map(({ kind, stream, payload }) => ({ kind, stream, payload: Buffer.from(payload) }))).toEqual(
          sent,
        );
      }),
    );
  });

  it('of an unknown kind or beyond the limit are refused', () => {
    const bad = encodeFrame({ kind: 'data', stream: 2, payload: Buffer.alloc(0) });
    bad.writeUInt8(FRAME_KINDS.length, 4);
    expect(() => [...new FrameReader().push(bad)]).toThrow(LinkError);
    const large = Buffer.alloc(9);
    large.writeUInt32BE(MAX_PAYLOAD + 1);
    expect(() => [...new FrameReader().push(large)]).toThrow(LinkError);
  });
});
