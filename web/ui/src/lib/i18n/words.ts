/** All texts. A new part of the screen is one file in `words/` and one line here. */

import { access } from './words/access';
import { account } from './words/account';
import { alarms } from './words/alarms';
import { audit } from './words/audit';
import { cameras } from './words/cameras';
import { common } from './words/common';
import { consoles } from './words/consoles';
import { devices } from './words/devices';
import { errors } from './words/errors';
import { extractions } from './words/extractions';
import { gallery } from './words/gallery';
import { hearings } from './words/hearings';
import { home } from './words/home';
import { imports } from './words/import';
import { incidents } from './words/incidents';
import { organisation } from './words/organisation';
import { people } from './words/people';
import { playback } from './words/playback';
import { recording } from './words/recording';
import { restrictions } from './words/restrictions';
import { reviews } from './words/reviews';
import { secondFactor } from './words/second-factor';
import { shell } from './words/shell';
import { states } from './words/states';
import { storage } from './words/storage';
import { wall } from './words/wall';

export const words = {
  access,
  account,
  alarms,
  audit,
  cameras,
  common,
  consoles,
  devices,
  errors,
  extractions,
  gallery,
  hearings,
  home,
  imports,
  incidents,
  organisation,
  people,
  playback,
  recording,
  restrictions,
  reviews,
  secondFactor,
  shell,
  states,
  storage,
  wall,
};
