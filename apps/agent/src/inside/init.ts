/** The first program in a sandbox: becomes the lease's user, then runs what the agent asks for over the link. Its end is the sandbox's end. */

import { Socket } from 'node:net';
import { Link } from '../link/link.js';
import type { Channel, ChannelRequest } from '../link/channel.js';
import { runCommand } from './command.js';
import { connect } from './connect.js';
import { LINK_FD, type InitSettings } from './settings.js';
import { serveSftp } from './sftp/server.js';
import { runTerminal } from './terminal.js';

function start(settings: InitSettings): void {
  process.title = 'tokenos-init';
  process.umask(0o022);
  if (settings.dropTo !== null) {
    process.setgroups?.([]);
    process.setgid?.(settings.dropTo.gid);
    process.setuid?.(settings.dropTo.uid);
  }
  process.chdir(settings.home);

  const link = new Link(new Socket({ fd: LINK_FD, readable: true, writable: true }), true);
  link.on('open', (request, channel) => serve(settings, request, channel));
  link.on('close', () => process.exit(0));
  link.hello();
}

function serve(settings: InitSettings, request: ChannelRequest, channel: Channel): void {
  const failed = (error: unknown): void =>
    channel.exit({ code: null, signal: null, error: error instanceof Error ? error.message : 'failed' });
  try {
    if (request.kind === 'connect') connect(request, channel);
    else if (request.kind === 'sftp') serveSftp(channel, settings.home).catch(failed);
    else if (request.pty === null) runCommand(settings, request, channel);
    else runTerminal(settings, request, request.pty, channel);
  } catch (error) {
    failed(error);
  }
}

start(JSON.parse(process.argv[2] ?? '') as InitSettings);
