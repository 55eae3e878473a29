import DefaultTheme from 'vitepress/theme';
import { h } from 'vue';
import './style.css';

/** A page that is not there has a main part with a heading and a way back, as every other. */
const notFound = () =>
  h('main', { class: 'vp-doc not-found' }, [
    h('h1', 'There is no such page'),
    h('p', [h('a', { href: import.meta.env.BASE_URL }, 'To the overview')]),
  ]);

export default { ...DefaultTheme, Layout: () => h(DefaultTheme.Layout, null, { 'not-found': notFound }) };
