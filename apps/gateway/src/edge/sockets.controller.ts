/** Plain HTTP at the addresses of the sockets: says what to do instead. Real upgrades never get here. */

import { Controller, Get } from '@nestjs/common';
import { Public } from '../auth/access.js';
import { problemOf } from '../problem/problem.js';
import { Describe } from './describe.js';

const upgrade = (): never => {
  throw problemOf('upgrade_required', { headers: { upgrade: 'websocket', connection: 'upgrade' } });
};

@Controller()
@Public()
export class SocketsController {
  @Get('v1/buyer/meter')
  @Describe({
    summary:
      'WebSocket: the state of each open rental, every change at once, a tick every minute. ' +
      'Token by Authorization, or as subprotocols "tokenos.meter.v1, bearer.<token>"',
    answers: { 101: { description: 'Messages of type state and tick' } },
    problems: ['upgrade_required'],
  })
  meter(): never {
    return upgrade();
  }

  @Get('v1/operator/agent')
  @Describe({
    summary: "WebSocket: a machine's agent, proven by its node key: heartbeats in, what it should be running out",
    answers: { 101: { description: 'challenge, hello, welcome; then heartbeat and desired' } },
    problems: ['upgrade_required'],
  })
  agent(): never {
    return upgrade();
  }
}
