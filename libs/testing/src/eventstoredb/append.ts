/** The double's append: a header, then each event in a message of its own. */

import type shared from '@eventstore/db-client/generated/shared_pb.js';
import type streams from '@eventstore/db-client/generated/streams_pb.js';
import type { handleClientStreamingCall } from '@grpc/grpc-js';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import type { Log, ProposedEvent } from './log.js';
import { appendedMessage, nameOf, tooLarge, unimplemented } from './messages.js';

/** The server's default, for all events of one append together. */
const MAX_APPEND_BYTES = 1024 * 1024;

/** `commitDelayMs` is drawn anew for each append: those that come later may overtake. */
export function appendTo(
  log: Log,
  commitDelayMs: () => number,
): handleClientStreamingCall<streams.AppendReq, streams.AppendResp> {
  return (call, answer) => {
    let options: streams.AppendReq.Options | undefined;
    const events: ProposedEvent[] = [];
    call.on('data', (message: streams.AppendReq) => {
      options ??= message.getOptions();
      const proposed = message.getProposedMessage();
      if (proposed !== undefined) events.push(eventOf(proposed));
    });
    call.on('end', () => void commit());

    async function commit(): Promise<void> {
      // A call that breaks off ends too, and only then says that it was cancelled: half an append must not be stored.
      await nextTurn();
      if (call.cancelled) return;
      const expected = expectedOf(options);
      if (expected === null) return answer(unimplemented('appends at any revision'));
      if (events.reduce((sum, event) => sum + weightOf(event), 0) > MAX_APPEND_BYTES) {
        return answer(tooLarge(MAX_APPEND_BYTES));
      }
      const delayMs = commitDelayMs();
      if (delayMs > 0) await sleep(delayMs);
      const appended = log.append(nameOf(options?.getStreamIdentifier()), expected, events);
      answer(null, appendedMessage(appended, expected));
    }
  };
}

const weightOf = ({ type, data, metadata }: ProposedEvent): number => 2 * type.length + data.length + metadata.length;

function expectedOf(options: streams.AppendReq.Options | undefined): number | null {
  if (options?.hasNoStream() === true) return -1;
  return options?.hasRevision() === true ? Number(options.getRevision()) : null;
}

function eventOf(proposed: streams.AppendReq.ProposedMessage): ProposedEvent {
  const metadata = proposed.getMetadataMap();
  return {
    id: textOf(proposed.getId()),
    type: metadata.get('type') ?? '',
    contentType: metadata.get('content-type') ?? 'application/octet-stream',
    data: proposed.getData_asU8(),
    metadata: proposed.getCustomMetadata_asU8(),
  };
}

function textOf(id: shared.UUID | undefined): string {
  const text = id?.getString() ?? '';
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) throw new RangeError('an event id is a UUID');
  return text.toLowerCase();
}
