import { clientAddress } from './client-address.js';

const from = (remoteAddress: string | undefined, forwarded?: string) => ({
  headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  socket: { remoteAddress },
});

describe("a client's address", () => {
  it.each([
    ['its own, where no proxy is trusted, whatever it writes', from('203.0.113.9', '198.51.100.1'), 0, '203.0.113.9'],
    ['the one that our proxy heard', from('10.0.0.1', '198.51.100.1'), 1, '198.51.100.1'],
    [
      'the one that our proxy heard, not what the client wrote before it',
      from('10.0.0.1', '1.2.3.4, 198.51.100.1'),
      1,
      '198.51.100.1',
    ],
    [
      'the one that the outer of two proxies heard',
      from('10.0.0.1', '1.2.3.4,198.51.100.1,10.0.0.2'),
      2,
      '198.51.100.1',
    ],
    ['the oldest known, where fewer proxies spoke than stand there', from('10.0.0.1', '10.0.0.2'), 5, '10.0.0.2'],
    ["the proxy's, where it wrote nothing", from('10.0.0.1'), 1, '10.0.0.1'],
    ['empty, where the connection is gone already', from(undefined), 0, ''],
  ])('is %s', (_what, request, proxies, address) => {
    expect(clientAddress(request, proxies)).toBe(address);
  });
});
