/** Every way of tampering, by what is tampered with. */

import { agreeing } from './agreeing.js';
import { anchored } from './anchored.js';
import { endings, minutes } from './course.js';
import { incoming } from './incoming.js';
import { gpus, yielding } from './leases.js';
import { outgoing } from './outgoing.js';
import { placements } from './placements.js';
import { records } from './records.js';
import { shape } from './shape.js';
import type { Tampering } from './tampering.js';

export const groups: Readonly<Record<string, readonly Tampering[]>> = {
  'Facts dropped, doubled, moved, or written by others': shape,
  'Money that comes in': incoming,
  'Money that goes out': outgoing,
  Minutes: minutes,
  'Ends, access and notices': endings,
  'The choice of a machine': placements,
  'Who holds a GPU': gpus,
  'Who yields': yielding,
  'Emissions, days, ratings and scores': records,
  'What agrees with all around it': agreeing,
  'What only an anchor tells': anchored,
};
