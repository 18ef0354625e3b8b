import { seal } from '@tokenos/contracts/envelope/seal';
import { sealed } from '@tokenos/testing/wire/entries';
import { littleHistory } from '@tokenos/testing/wire/little-history';
import { SERVED } from '@tokenos/testing/wire/names';
import fc from 'fast-check';
import { audit } from './audit.js';

const history = sealed(littleHistory);
/** A key's fingerprint: no other rule looks at it. */
const issued = history.findIndex((envelope) => envelope.type === 'CredentialIssued.v1');
const brokenLinks = (envelopes: typeof history) => audit(envelopes).findings.filter(({ code }) => code === 'I10');

describe('the hash chain', () => {
  it('tells a fact that was changed after it was sealed', () => {
    const changed = history.map((envelope, index) =>
      index === issued ? { ...envelope, data: { ...(envelope.data as object), username: 'r6666' } } : envelope,
    );
    expect(audit(changed).findings).toEqual([
      { code: 'I10', stream: SERVED, revision: history[issued]!.revision, message: expect.stringContaining('changed') },
    ]);
  });

  it('tells a fact that was changed and sealed again from the one that follows it', () => {
    const own = history.filter((envelope) => envelope.stream === SERVED);
    const at = own.findIndex(({ type }) => type === 'CredentialIssued.v1');
    const { prevHash, hash, revision, ...rest } = own[at]!;
    const again = seal({ revision: revision - 1, hash: prevHash }, { ...rest, correlationId: 'forged' });
    expect(again.hash).not.toBe(hash);
    const findings = brokenLinks(own.map((envelope, index) => (index === at ? again : envelope)));
    expect(findings.map((finding) => finding.revision)).toEqual([revision + 1]);
  });

  it.each([
    ['missing', history.filter((_, index) => index !== issued)],
    ['doubled', history.flatMap((envelope, index) => (index === issued ? [envelope, envelope] : [envelope]))],
  ])('tells a fact that is %s', (_, envelopes) => {
    expect(brokenLinks(envelopes)).toHaveLength(1);
  });

  it('tells every change of any field of any fact', () => {
    const field = fc.constantFrom('id', 'at', 'by', 'correlationId', 'causationId', 'prevHash', 'hash', 'type');
    fc.assert(
      fc.property(fc.nat(history.length - 1), field, (index, name) => {
        const forge = (text: string) => (text.endsWith('1') ? text.replace(/1$/, '2') : text.replace(/.$/, '1'));
        const forged = history.map((envelope, at) =>
          at === index
            ? { ...envelope, [name]: name === 'at' ? '2026-11-24T00:00:00.000Z' : forge(envelope[name]) }
            : envelope,
        );
        expect(audit(forged).findings).not.toEqual([]);
      }),
    );
  });
});
