// Settings: theme, language, pen pressure; and the way to the guide, the keys and the API's page.

import { app } from './app.js';
import { make } from './dom.js';
import { element } from './elements.js';
import { openGuide } from './guide.js';
import { openHelp } from './help.js';
import { readKeys, setKeys } from './keys.js';
import { openRecents } from './recent.js';
import { chooseLanguage, placeWords } from './words.js';

const LANGUAGES = [['en', 'English'], ['zh', '简体中文'], ['ja', '日本語']];

export function applyLanguage() {
  chooseLanguage(app.settings.language);
  app.emit('language');
  placeWords();
}

function applyTheme() {
  const { theme } = app.settings;
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function buildChoices() {
  const menu = element('choices', HTMLElement);
  /**
   * @param {'theme' | 'language'} name
   * @param {HTMLOptionElement[]} options
   * @returns {[HTMLSelectElement, HTMLLabelElement]}
   */
  const pick = (name, options) => {
    const select = make('select', { id: `choose-${name}` }, ...options);
    select.addEventListener('change', () => app.set({ [name]: select.value }));
    return [select, make('label', { class: 'choice-row' }, make('span', { 'data-t': name }), select)];
  };
  const auto = () => make('option', { value: 'auto', 'data-t': 'auto' });
  const [theme, themeRow] = pick('theme', [auto(), ...['light', 'dark'].map((v) => make('option', { value: v, 'data-t': v }))]);
  const [language, languageRow] = pick('language', [auto(), ...LANGUAGES.map(([v, words]) => make('option', { value: v, lang: v }, words))]);
  const pressure = make('input', { type: 'checkbox', role: 'switch' });
  pressure.addEventListener('change', () => app.set({ pressure: pressure.checked }));
  menu.append(themeRow, languageRow, make('label', { class: 'switch' }, pressure, make('span', { 'data-t': 'pressure' })),
    make('button', { type: 'button', class: 'item', id: 'open-recents', onclick: () => { menu.hidePopover(); openRecents(); } }, make('span', { 'data-t': 'recents' })),
    make('button', { type: 'button', class: 'item', id: 'open-guide', onclick: () => { menu.hidePopover(); openGuide(); } }, make('span', { 'data-t': 'guide' })),
    make('button', { type: 'button', class: 'item', onclick: () => { menu.hidePopover(); openHelp(); } }, make('span', { 'data-t': 'help' })),
    make('a', { class: 'item', href: '/api/v1/docs', target: '_blank', rel: 'noopener' }, make('span', { 'data-t': 'api' })));
  app.on('settings', (patch) => {
    theme.value = app.settings.theme;
    language.value = app.settings.language;
    pressure.checked = app.settings.pressure;
    applyTheme();
    if (!patch || 'keys' in patch) setKeys(readKeys(app.settings.keys));
    if (!patch || 'language' in patch || 'keys' in patch) applyLanguage();
  });
}
