/** The view of every service that keeps one, with what each hears and what that makes due. (Carbon's view has no tables.) */

import { reactions as allocationReactions } from '@tokenos/allocation/reactions';
import { allocationView } from '@tokenos/allocation/sql/view';
import { CATEGORIES as GATEWAY_CATEGORIES, gatewayView } from '@tokenos/gateway/view/view';
import { reactions as meteringReactions } from '@tokenos/metering/reactions';
import { meteringView } from '@tokenos/metering/view/view';
import { reactions as preemptionReactions } from '@tokenos/preemption/reactions';
import { preemptionView } from '@tokenos/preemption/sql/view';
import { reactions as reputationReactions } from '@tokenos/reputation/reactions';
import { CATEGORIES as REPUTATION_CATEGORIES, reputationView } from '@tokenos/reputation/view/view';
import type { Following } from '@tokenos/runtime/service/options';
import { reactions as settlementReactions } from '@tokenos/settlement/reactions';
import { settlementView } from '@tokenos/settlement/view/view';

const following = <Tables>(one: Following<Tables>): Following<unknown> => one as Following<unknown>;

export const VIEWS: Readonly<Record<string, Following<unknown>>> = {
  gateway: following({ categories: GATEWAY_CATEGORIES, view: gatewayView, reactions: () => [] }),
  allocation: following({
    categories: ['rental', 'node', 'operator'],
    view: allocationView,
    reactions: allocationReactions,
  }),
  preemption: following({
    categories: ['rental', 'node', 'operator'],
    view: preemptionView,
    reactions: preemptionReactions,
  }),
  metering: following({ categories: ['rental', 'node'], view: meteringView, reactions: meteringReactions }),
  settlement: following({
    categories: ['rental', 'payment', 'operator'],
    view: settlementView,
    reactions: settlementReactions,
  }),
  reputation: following({
    categories: REPUTATION_CATEGORIES,
    view: reputationView,
    reactions: reputationReactions,
  }),
};
