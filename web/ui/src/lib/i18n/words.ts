/** All texts. A new part of the screen is one file in `words/` and one line here. */

import { access } from './words/access';
import { account } from './words/account';
import { common } from './words/common';
import { errors } from './words/errors';
import { gallery } from './words/gallery';
import { home } from './words/home';
import { secondFactor } from './words/second-factor';
import { shell } from './words/shell';
import { states } from './words/states';
import { wall } from './words/wall';

export const words = { access, account, common, errors, gallery, home, secondFactor, shell, states, wall };
