// Every word of the pages, in English and Spanish side by side: one file a part of the app.

import { collect } from './collect';
import { data } from './data';
import { figure } from './figure';
import { figures } from './figures';
import { home } from './home';
import { map } from './map';
import { series } from './series';
import { shell } from './shell';

export const words = { ...shell, ...home, ...figure, ...figures, ...collect, ...data, ...series, ...map };
export type Word = keyof typeof words;
