import { signaturesFromWebhook } from './helius.js';

const A = '5j7s6NiJS3JAkvgkoc18WVAsiSaci2pxB2A6ueCJP4tprA2TFg9wSyTLeYouxPBJEMzJinENTkpA52YStRW5Dia7';
const B = 'uVnzcryxXqjuxPQQZ9J3dpaHkBHxzm317cBWp4DYsvss3CvqTQ1CGHemTVb99xZ6gEsJf9WunPq1y6RdaeSF2Wr';

describe('the signatures in a webhook', () => {
  it('are found in the enhanced shape, the raw shape, and a single object', () => {
    expect(signaturesFromWebhook([{ signature: A, type: 'TRANSFER' }])).toEqual([A]);
    expect(signaturesFromWebhook([{ transaction: { signatures: [B, A] }, slot: 1 }])).toEqual([B]);
    expect(signaturesFromWebhook({ signature: A })).toEqual([A]);
  });

  it('come once each, in the order given', () => {
    expect(signaturesFromWebhook([{ signature: B }, { signature: A }, { signature: B }])).toEqual([B, A]);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a string', A],
    ['a bare signature list', [A]],
    ['a signature that is no string', [{ signature: 7 }]],
    ['a signature with characters outside base58', [{ signature: A.replace('5', '0') }]],
    ['a signature that is far too long', [{ signature: A.repeat(50) }]],
    ['an inherited property', [Object.create({ signature: A })]],
    ['signatures that are no array', [{ transaction: { signatures: A } }]],
  ])('are none in %s', (_name, body) => {
    expect(signaturesFromWebhook(body)).toEqual([]);
  });

  it('are looked for in the first hundred items only', () => {
    const empty = Array.from({ length: 99 }, () => ({}));
    expect(signaturesFromWebhook([...empty, { signature: A }])).toEqual([A]);
    expect(signaturesFromWebhook([...empty, {}, { signature: A }])).toEqual([]);
  });
});
