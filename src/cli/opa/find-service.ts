// The services of OPA's configuration by their names.
import type { OpaService } from '../../transport/opa-service.ts';
import { openService, type ServiceOptions } from '../../transport/service/open-service.ts';
import type { OpaSettings } from '../settings/opa/opa-settings.ts';

export interface FoundService {
  readonly service: OpaService;
  readonly settings: ServiceOptions;
}

/** The settings were checked: whatever they name is there. */
export function findService({ services }: OpaSettings, name: string): FoundService {
  const settings = services.find((service) => service.name === name);
  if (settings === undefined) throw new Error(`there is no service ${name}`);
  return { service: openService(settings), settings };
}
