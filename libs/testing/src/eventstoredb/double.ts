/** A double of EventStoreDB: its gRPC protocol, as its client's own service definitions have it, over a log in memory. */

import gossipGrpc from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streamsGrpc from '@eventstore/db-client/generated/streams_grpc_pb.js';
import { type handleUnaryCall, Server, ServerCredentials } from '@grpc/grpc-js';
import { randomIds } from '@tokenos/runtime/ids';
import { promisify } from 'node:util';
import { appendTo } from './append.js';
import { Log } from './log.js';
import { readFrom } from './read.js';

export interface EventStoreDbDouble {
  /** `esdb://127.0.0.1:port?tls=false` */
  readonly url: string;
  readonly port: number;
  /** Milliseconds from an append's arrival to its commit, drawn for each; 0 unless set. */
  commitDelayMs: () => number;
  /** False: it no longer acknowledges an append that is stored already, as a server may that has forgotten its ids. */
  knowsRetries: boolean;
  stop(): Promise<void>;
}

/** A single node, its own leader, without TLS and users. It begins with a few system events, as a real one does. */
export async function startEventStoreDbDouble(): Promise<EventStoreDbDouble> {
  const log = new Log();
  for (const stream of ['$settings', '$$$settings', '$users', '$user-admin']) log.append(stream, -1, [systemEvent()]);
  const server = new Server({ 'grpc.max_receive_message_length': -1 });
  server.addService(streamsGrpc.StreamsService, {
    read: readFrom(log),
    append: appendTo(log, () => double.commitDelayMs()),
  });
  server.addService(gossipGrpc.GossipService, { read: itself(() => port) });
  const port = await promisify(server.bindAsync.bind(server))('127.0.0.1:0', ServerCredentials.createInsecure());
  const double: EventStoreDbDouble = {
    url: `esdb://127.0.0.1:${port}?tls=false`,
    port,
    commitDelayMs: () => 0,
    get knowsRetries() {
      return log.knowsRetries;
    },
    set knowsRetries(knows) {
      log.knowsRetries = knows;
    },
    async stop() {
      server.forceShutdown();
    },
  };
  return double;
}

const systemEvent = () => ({
  id: randomIds.next(),
  type: '$metadata',
  contentType: 'application/json',
  data: Buffer.from('{}'),
  metadata: Buffer.from(''),
});

/** A cluster of one. */
const itself =
  (port: () => number): handleUnaryCall<shared.Empty, gossip.ClusterInfo> =>
  (_, answer) => {
    const member = new gossip.MemberInfo()
      .setInstanceId(new shared.UUID().setString(randomIds.next()))
      .setState(gossip.MemberInfo.VNodeState.LEADER)
      .setIsAlive(true)
      .setHttpEndPoint(new gossip.EndPoint().setAddress('127.0.0.1').setPort(port()));
    answer(null, new gossip.ClusterInfo().setMembersList([member]));
  };
