import { solanaWallet } from './operator.js';

describe('a Solana wallet', () => {
  it.each([
    ['the longest', 'J1S9H3QjnRtBbbuD4HjPV6RpRhwuk4zKbxsnCHuTgh9w'],
    ['one of zeros, the shortest', '1'.repeat(32)],
    ['one of 43 letters', 'So11111111111111111111111111111111111111112'],
  ])('is 32 bytes in base58: %s', (_what, address) => {
    expect(solanaWallet.safeParse(address).success).toBe(true);
  });

  it.each([
    ['44 letters that spell 33 bytes', 'z'.repeat(44)],
    ['32 letters that spell fewer than 32 bytes', 'z'.repeat(32)],
    ['33 zeros', '1'.repeat(33)],
    ['a letter that base58 lacks', `0${'1'.repeat(31)}`],
    ['another chain', '0x52908400098527886E0F7030069857D2E4169EE7'],
    ['a signature', '5'.repeat(88)],
    ['nothing', ''],
  ])('is not %s', (_what, text) => {
    expect(solanaWallet.safeParse(text).error?.issues.map(({ message }) => message)).toEqual([
      'expected a Solana address',
    ]);
  });
});
