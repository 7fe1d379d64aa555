import { mount } from 'svelte';
import './app.css';
import Gate from './Gate.svelte';
import { begin } from './lib/theme.svelte';

begin();
const target = document.getElementById('app');
if (target) mount(Gate, { target });
