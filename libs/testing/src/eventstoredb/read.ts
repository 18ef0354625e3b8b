/** The double's reads: one stream, everything, or everything from now on for ever, as far as the filter lets through. */

import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { handleServerStreamingCall, ServerWritableStream } from '@grpc/grpc-js';
import { randomIds } from '@tokenos/runtime/ids';
import type { Log, LoggedEvent } from './log.js';
import {
  caughtUpMessage,
  checkpointMessage,
  confirmationMessage,
  eventMessage,
  nameOf,
  notFoundMessage,
  unimplemented,
} from './messages.js';

type Call = ServerWritableStream<streams.ReadReq, streams.ReadResp>;
type Options = streams.ReadReq.Options;

/** How many events it looks at between two checkpoints, where the client asks for one. */
const SEARCH_WINDOW = 32;

export function readFrom(log: Log): handleServerStreamingCall<streams.ReadReq, streams.ReadResp> {
  return (call) => void serve(log, call);
}

async function serve(log: Log, call: Call): Promise<void> {
  const options = call.request.getOptions();
  if (options?.getStream() !== undefined && !options.hasSubscription()) await readStream(log, call, options);
  else if (options?.getAll() !== undefined && options.hasSubscription()) await subscribe(log, call, options);
  else if (options?.getAll() !== undefined) await readAll(log, call, options);
  else call.emit('error', unimplemented('subscriptions to one stream'));
}

async function readStream(log: Log, call: Call, options: Options): Promise<void> {
  const name = nameOf(options.getStream()?.getStreamIdentifier());
  const events = log.stream(name);
  if (events === null) await send(call, notFoundMessage(name));
  const from = options.getStream()?.hasRevision() === true ? Number(options.getStream()?.getRevision()) : 0;
  await sendAll(call, (events ?? []).slice(from, from + Number(options.getCount())));
  call.end();
}

/** From the position on, the event there included. */
async function readAll(log: Log, call: Call, options: Options): Promise<void> {
  const count = Number(options.getCount());
  if (options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS) {
    await sendAll(call, log.events.slice(-count).reverse());
  } else {
    const from = log.indexAt(positionOf(options) ?? 0n);
    await sendAll(call, log.events.slice(from, from + count));
  }
  call.end();
}

/** Behind the position, without the event there. */
async function subscribe(log: Log, call: Call, options: Options): Promise<void> {
  const wanted = filterOf(options);
  const checkpointEvery = SEARCH_WINDOW * (options.getFilter()?.getCheckpointintervalmultiplier() ?? 0);
  const after = positionOf(options);
  let next = after === null ? 0 : log.indexAt(after + 1n);
  let wake = (): void => undefined;
  const forget = log.onAppend(() => {
    wake();
  });
  call.once('cancelled', () => {
    wake();
  });
  await send(call, confirmationMessage(randomIds.next()));
  for (let isLive = false; !call.cancelled;) {
    const event = log.events[next];
    if (event !== undefined) {
      next += 1;
      if (wanted(event)) await send(call, eventMessage(event));
      if (checkpointEvery > 0 && next % checkpointEvery === 0) await send(call, checkpointMessage(event.position));
      continue;
    }
    if (!isLive) await send(call, caughtUpMessage());
    isLive = true;
    await new Promise<void>((resolve) => {
      wake = resolve;
      if (call.cancelled || next < log.events.length) resolve();
    });
  }
  forget();
}

function filterOf(options: Options): (event: LoggedEvent) => boolean {
  const expression = options.getFilter()?.getStreamIdentifier();
  if (expression === undefined) return () => true;
  const prefixes = expression.getPrefixList();
  if (prefixes.length > 0) return ({ stream }) => prefixes.some((prefix) => stream.startsWith(prefix));
  const pattern = new RegExp(expression.getRegex());
  return ({ stream }) => pattern.test(stream);
}

function positionOf(options: Options): bigint | null {
  const position = options.getAll()?.getPosition();
  return position === undefined ? null : BigInt(position.getCommitPosition());
}

async function sendAll(call: Call, events: readonly LoggedEvent[]): Promise<void> {
  for (const event of events) {
    if (call.cancelled) return;
    await send(call, eventMessage(event));
  }
}

/** No faster than the reader takes it. */
async function send(call: Call, message: streams.ReadResp): Promise<void> {
  if (call.cancelled || call.write(message)) return;
  await new Promise<void>((resolve) => {
    const goOn = (): void => {
      call.off('drain', goOn).off('cancelled', goOn);
      resolve();
    };
    call.on('drain', goOn).on('cancelled', goOn);
  });
}
