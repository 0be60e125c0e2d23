// `regent approvals deliveries`: what the webhook was told, and what came of it.
import { deliveryToJson, formatDelivery } from '../../approvals/format-delivery.ts';
import { defaultStateFile } from '../home.ts';
import { openExistingState } from '../open-existing-state.ts';
import { printOut } from '../print-out.ts';
import { withStore } from '../with-store.ts';

export interface DeliveriesFlags {
  readonly state?: string;
  readonly json?: boolean;
}

const SHOWN_MAX = 200;

/** The newest ones, oldest of them first. */
export async function listDeliveries(flags: DeliveriesFlags): Promise<void> {
  const opening = openExistingState(flags.state ?? defaultStateFile());
  const found = await withStore(opening, (store) => store.listDeliveries(SHOWN_MAX));
  if (found.length === 0 && flags.json !== true) process.stderr.write('nothing was delivered to a webhook\n');
  const print = flags.json === true ? deliveryToJson : formatDelivery;
  for (const delivery of found.reverse()) printOut(`${print(delivery)}\n`);
}
