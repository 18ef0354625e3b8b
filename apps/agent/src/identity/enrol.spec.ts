import type { EnrolRequest } from '@tokenos/contracts/agent/protocol';
import { enrol, EnrolmentRefused, enrolUrl } from './enrol.js';

const request: EnrolRequest = {
  token: 't',
  nodeId: '0192f2c8-0000-7000-8000-000000000000',
  nodeKey: 'A'.repeat(43),
  gpuTier: 'H100',
  gpus: [{ uuid: 'GPU-a', model: 'SIMULATED H100', healthy: true }],
  simulated: true,
  region: 'eu-de',
  country: 'DE',
  sshHost: '127.0.0.1',
  sshPort: 22,
  hostKey: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJZ1mJt0Zp0pQnTDqDPEkQpEpTiZm2dQ1tQ8lS0eVZQ1',
};
const answers = (...statuses: (number | Error)[]): jest.SpyInstance =>
  jest.spyOn(globalThis, 'fetch').mockImplementation(async () => {
    const status = statuses.shift();
    if (typeof status !== 'number') throw status ?? new Error('asked once more');
    return new Response('{"code":"why"}', { status });
  });
const attempt = (): Promise<void> => enrol('ws://h:1', request, () => 0, new AbortController().signal);

afterEach(() => jest.restoreAllMocks());

describe('an enrolment', () => {
  it('goes to the http side of the gateway', () => {
    expect(enrolUrl('ws://h:1/')).toBe('http://h:1/v1/operator/agent/enrol');
    expect(enrolUrl('wss://h')).toBe('https://h/v1/operator/agent/enrol');
  });

  it('is sent again, unchanged, until the platform answers', async () => {
    const fetch = answers(new Error('unreachable'), 503, 201);
    await attempt();
    expect(fetch).toHaveBeenCalledTimes(3);
    expect(new Set(fetch.mock.calls.map((call) => (call as [string, { body: string }])[1].body)).size).toBe(1);
  });

  it('is given up when the platform says no', async () => {
    const fetch = answers(409);
    await expect(attempt()).rejects.toThrow(EnrolmentRefused);
    expect(fetch).toHaveBeenCalledTimes(1);
  });

  it('is never sent when it does not fit the protocol', async () => {
    const fetch = answers(201);
    await expect(
      enrol('ws://h', { ...request, country: 'Germany' }, () => 0, new AbortController().signal),
    ).rejects.toThrow();
    expect(fetch).not.toHaveBeenCalled();
  });
});
