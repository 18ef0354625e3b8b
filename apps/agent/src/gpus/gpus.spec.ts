import { findGpus } from './find.js';
import { watchGpus } from './health.js';
import { describe as describeGpus } from './nvidia.js';
import { nvidiaSmiScript } from './nvidia-smi-script.js';
import { parseSimulation, simulatedGpus } from './simulated.js';
import { tierOf } from './tier.js';

const nodeId = '0192f2c8-0000-7000-8000-000000000000';

describe('the class of a card', () => {
  it.each([
    ['NVIDIA H100 80GB HBM3', 'H100'],
    ['NVIDIA H100 PCIe', 'H100'],
    ['NVIDIA H200', 'H200'],
    ['NVIDIA A100-SXM4-80GB', 'A100'],
    ['NVIDIA GeForce RTX 4090', 'RTX4090'],
    ['NVIDIA GeForce RTX 5090', 'RTX5090'],
    ['NVIDIA L40S', 'L40S'],
    ['NVIDIA B200', 'B200'],
    ['NVIDIA GB300', 'GB300'],
    ['NVIDIA L40', null],
    ['NVIDIA A10', null],
    ['NVIDIA RTX 6000 Ada Generation', null],
  ])('%s is %s', (model, tier) => {
    expect(tierOf(model)).toBe(tier);
  });
});

describe('simulated cards', () => {
  it('are asked for as MODELxN', () => {
    expect(parseSimulation('h100x8')).toEqual({ model: 'H100', count: 8 });
    expect(parseSimulation('RTX4090x1')).toEqual({ model: 'RTX4090', count: 1 });
  });

  it.each(['H100', 'H100x0', 'H100x99', 'FOOx2', 'x8', '8'])('are not made from %p', (text) => {
    expect(() => parseSimulation(text)).toThrow('--simulate-gpus wants');
  });

  it('say so in their name, and keep their ids for a node', () => {
    const one = simulatedGpus(nodeId, { model: 'H100', count: 3 });
    expect(one).toEqual(simulatedGpus(nodeId, { model: 'H100', count: 3 }));
    expect(one.gpus.map(({ model }) => model)).toEqual(Array<string>(3).fill('SIMULATED H100'));
    expect(one.gpus.every(({ uuid }) => /^GPU-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid))).toBe(true);
    const another = simulatedGpus(nodeId.replace('0192', '0193'), { model: 'H100', count: 3 });
    expect(new Set([...one.gpus, ...another.gpus].map(({ uuid }) => uuid)).size).toBe(6);
  });

  it('are what a node without a driver is told to try', async () => {
    expect((await findGpus(nodeId, 'H200x2')).tier).toBe('H200');
  });
});

describe('real cards', () => {
  it('are read from the driver, with the device file each needs', () => {
    const listing = 'GPU-a, NVIDIA H100 80GB HBM3\nGPU-b, NVIDIA H100 80GB HBM3\n';
    expect(describeGpus(listing, new Map([['GPU-b', '/dev/nvidia3']]))).toEqual({
      simulated: false,
      tier: 'H100',
      gpus: [
        { uuid: 'GPU-a', model: 'NVIDIA H100 80GB HBM3', devices: [] },
        { uuid: 'GPU-b', model: 'NVIDIA H100 80GB HBM3', devices: ['/dev/nvidia3'] },
      ],
    });
  });

  it('must be of one known class', () => {
    expect(() => describeGpus('GPU-a, NVIDIA H100\nGPU-b, NVIDIA A100\n', new Map())).toThrow('one GPU class');
    expect(() => describeGpus('GPU-a, NVIDIA T4\n', new Map())).toThrow('one GPU class');
  });

  it('are healthy while the driver names them', async () => {
    jest.useFakeTimers();
    const gpus = describeGpus('GPU-a, NVIDIA H100\nGPU-b, NVIDIA H100\n', new Map());
    let present = ['GPU-a', 'GPU-b'];
    const changed = jest.fn();
    const health = watchGpus(gpus, changed, async () => new Set(present));
    const well = (): boolean[] => health.reports().map(({ healthy }) => healthy);
    await jest.advanceTimersByTimeAsync(30_000);
    expect([well(), changed.mock.calls.length]).toEqual([[true, true], 0]);
    present = ['GPU-a'];
    await jest.advanceTimersByTimeAsync(60_000);
    expect([well(), changed.mock.calls.length]).toEqual([[true, false], 1]);
    health.stop();
    jest.useRealTimers();
  });
});

describe('the nvidia-smi of a simulated lease', () => {
  it('names the leased cards and no other', () => {
    const [, second, third] = simulatedGpus(nodeId, { model: 'H100', count: 4 }).gpus;
    if (!second || !third) throw new Error('four cards were asked for');
    const script = nvidiaSmiScript([second, third]);
    expect(new Set(script.match(/GPU-[0-9a-f-]{36}/g))).toEqual(new Set([second.uuid, third.uuid]));
    expect(script).toContain('SIMULATED');
  });
});
