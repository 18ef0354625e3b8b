import { certificateOf, parseEventStoreDbUrl } from './eventstoredb-url.js';
import { isEventStoreUrl } from './open.js';

describe('an EventStoreDB address', () => {
  it('of one node says where, as whom and how', () => {
    expect(parseEventStoreDbUrl('esdb://ledger:p%40ss@db.example:2114?tls=false&defaultDeadline=5000')).toEqual({
      hosts: [{ address: 'db.example', port: 2114 }],
      discover: false,
      credentials: { username: 'ledger', password: 'p@ss' },
      settings: { tls: false, defaultDeadline: 5_000 },
    });
  });

  it('of a cluster names its members or the name behind which they stand', () => {
    expect(parseEventStoreDbUrl('esdb://a,b:1,c/')).toMatchObject({
      hosts: [
        { address: 'a', port: 2113 },
        { address: 'b', port: 1 },
        { address: 'c', port: 2113 },
      ],
      settings: { tls: true },
      credentials: undefined,
    });
    expect(parseEventStoreDbUrl('esdb+discover://cluster.example')).toMatchObject({ discover: true });
  });

  it('writes its options in any case, as the client does', () => {
    expect(parseEventStoreDbUrl('esdb://a?TLS=false').settings.tls).toBe(false);
  });

  it.each([
    ['no host', 'esdb://'],
    ['another protocol', 'http://a:2113'],
    ['no such port', 'esdb://a:99999'],
    ['an unknown option', 'esdb://a?tsl=false'],
    ['an option that would be ignored', 'esdb://a?tlsVerifyCert=false'],
    ['reads from a follower, who lags behind', 'esdb://a,b?nodePreference=follower'],
    ['no truth value', 'esdb://a?tls=no'],
    ['a password that is not encoded', 'esdb://me:100%@a'],
    ['a certificate that is not there', 'esdb://a?tlsCaFile=nowhere.pem'],
  ])('with %s is refused, and not repeated', (_, url) => {
    let told = '';
    try {
      certificateOf(parseEventStoreDbUrl(url));
    } catch (error) {
      told = String(error);
    }
    expect(told).toContain('BadEventStoreDbUrl');
    expect(told).not.toMatch(/99999|tsl|me:|100%|nowhere|follower/);
  });
});

it.each([
  ['esdb://127.0.0.1:2113?tls=false', true],
  ['postgresql://me:secret@localhost:5432/facts', true],
  ['postgres://localhost', true],
  ['mysql://localhost', false],
  ['esdb://a?tsl=false', false],
  ['', false],
])('%j is an event store: %s', (url, is) => {
  expect(isEventStoreUrl(url)).toBe(is);
});
