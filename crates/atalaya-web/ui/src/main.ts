import { mount } from 'svelte';
import './app.css';
import App from './App.svelte';
import { begin } from './lib/theme.svelte';

begin();
const target = document.getElementById('app');
if (target) mount(App, { target });
