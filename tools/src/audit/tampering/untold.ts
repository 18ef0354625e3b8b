/** What docs/tampering.md says of cheating that no export shows: who could tell, and from what. */

const rows: readonly (readonly [what: string, why: string])[] = [
  [
    'everything after the last anchor is cut off or made up, or the last anchor is removed',
    'the chain tells, where anchors lie for everyone to read (`audit anchor`)',
  ],
  [
    'a payment that came is said to have vanished, or a plan that landed to have failed',
    'the chain tells (`audit chain`): facts are the platform’s word for it',
  ],
  [
    'a machine is called offline or a GPU broken, or is passed over as held, for the reserve of SPOT, or for the room of RESERVED',
    'heartbeats outside of rentals are no facts; that there was a reason is counted in the receipt, and its operator can see it there',
  ],
  [
    'an attempt on a machine is said to have failed, or a machine to be lost or rejected, while it was well',
    'probes are the platform’s own word; the operator has the machine’s log',
  ],
  [
    'the buyer’s words are others: the wallet for refunds, the wait, region and cap, the moment of a stop, the stars',
    'requests carry no signature that lasts; the buyer can read them in the rental’s own facts, and only until the next anchor can they be rewritten',
  ],
  [
    'the operator’s words are others: a price, a drain, a new wallet',
    'neither do these; a new wallet waits 48 hours for its owner to notice',
  ],
  [
    'access ends later than `AccessRevoked` says, or the buyer is back sooner',
    'what the machine reports of sessions is no fact; a GPU counts as free only from the fact on, whatever it says',
  ],
  ['one person buys under many names, so that the ratings weigh more', 'a buyer is an opaque id'],
  [
    'a correction is larger than the mistake',
    'it is the platform’s own money: the reason is in the plan for anyone to judge',
  ],
  [
    'a machine was there in more or fewer minutes of a day than `NodeUptimeRecorded` says',
    'only heartbeats of rentals are exported, not those by which a day is counted',
  ],
  [
    'capacity is denied to one buyer, or a request that waits is passed by',
    'what was idle and well at a moment is not in the facts, and no rule says who of two that wait comes first',
  ],
];

export const untold: readonly string[] = [
  'What no export can tell by itself:',
  '',
  ...rows.map(([what, why]) => `- ${what}: ${why}.`),
];
