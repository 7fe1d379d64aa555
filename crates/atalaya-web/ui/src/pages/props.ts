import type { Status } from '../lib/api';

/** What every page is given: the state of the observatory, read once. */
export interface PageProps {
  status: Status;
}
