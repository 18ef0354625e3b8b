import { setTimeout as sleep } from 'node:timers/promises';
import { saveOnChange } from './save-on-change.js';

describe('saving on change', () => {
  it('shares one save among changes that come together', async () => {
    let saves = 0;
    const saving = saveOnChange(async () => void (saves += 1));
    for (let change = 0; change < 10; change += 1) saving.changed();
    await sleep(120);
    expect(saves).toBe(1);
    await saving.finish();
    expect(saves).toBe(2);
  });

  it('never runs two saves at once, and saves again what changed meanwhile', async () => {
    let running = 0;
    let most = 0;
    let saves = 0;
    const saving = saveOnChange(async () => {
      most = Math.max(most, (running += 1));
      await sleep(80);
      saves += 1;
      running -= 1;
    });
    saving.changed();
    await sleep(70);
    saving.changed();
    await sleep(60);
    await saving.finish();
    expect(most).toBe(1);
    expect(saves).toBeGreaterThanOrEqual(3);
  });

  it('survives a failed save and reports the last one', async () => {
    const saving = saveOnChange(() => Promise.reject(new Error('disk full')));
    saving.changed();
    await sleep(80);
    await expect(saving.finish()).rejects.toThrow('disk full');
  });
});
