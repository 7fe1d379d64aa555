// Every word of the pages, in English and Spanish side by side: one file a part of the app.

import { account } from './account';
import { assess } from './assess';
import { chart } from './chart';
import { collect } from './collect';
import { data } from './data';
import { decide } from './decide';
import { evaluate } from './evaluate';
import { figure } from './figure';
import { figures } from './figures';
import { home } from './home';
import { link } from './link';
import { load } from './load';
import { map } from './map';
import { publish } from './publish';
import { reconcile } from './reconcile';
import { routes } from './routes';
import { series } from './series';
import { shell } from './shell';

export const words = { ...shell, ...account, ...home, ...link, ...figure, ...figures, ...collect, ...load, ...chart, ...decide, ...data, ...series, ...map, ...publish, ...reconcile, ...assess, ...routes, ...evaluate };
export type Word = keyof typeof words;
