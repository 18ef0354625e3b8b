import { STREAMS } from './streams.js';
import { durableName, laneOf, streamOf } from './subjects.js';

describe('subjects', () => {
  it('below a stream are kept by it, others by nobody', () => {
    expect(streamOf('fact.rental.>', STREAMS)?.name).toBe('FACTS');
    expect(streamOf('telemetry.node.*.heartbeat', STREAMS)?.name).toBe('TELEMETRY');
    expect(streamOf('tick.*', STREAMS)).toBeNull();
    expect(streamOf('facts.rental', STREAMS)).toBeNull();
  });

  it('name the durable consumer after the service and the pattern', () => {
    expect(durableName('allocation', 'fact.rental.>')).toBe('allocation-fact-rental-all');
    expect(durableName('metering', 'telemetry.node.*.heartbeat')).toBe('metering-telemetry-node-any-heartbeat');
    expect(() => durableName('metering', 'fact.{rental}')).toThrow(RangeError);
  });

  it('put all that concerns one entity into one lane', () => {
    expect(laneOf('fact.rental.1.RentalPlaced')).toBe(laneOf('fact.rental.1.RentalEnded'));
    expect(laneOf('fact.rental.1.RentalPlaced')).not.toBe(laneOf('fact.rental.2.RentalPlaced'));
    expect(laneOf('fact.rental.1.X')).not.toBe(laneOf('fact.node.1.X'));
  });
});
