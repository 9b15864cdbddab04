// A drawing's state, and the request that the server gets of it (its JSON form is fixed in senga.color.request).

/** What undo and redo go over. Never changed in place. */
export const FRESH = Object.freeze({
  marks: [],
  mode: 'paint',
  tint: 0,
  light: 1, // strength of light and shade
  reach: 'object', // how far a hint reaches
  seed: 0, // of what is drawn at random
  palette: [], // '#rrggbb'
  paletteOn: false,
  fromIdea: false, // the palette is a candidate's
  reference: null, // {key, name, colors}: key of a picture among the drawing's own
  strength: 1,
});

export function requestOf(kept, growing = null) {
  const state = { ...FRESH, ...kept }; // what an older page kept lacks settings that came later
  return {
    marks: growing ? [...state.marks, growing] : state.marks,
    palette: state.paletteOn ? state.palette : [],
    reference: state.reference ? state.reference.name : null,
    reference_strength: state.strength,
    tint: state.tint,
    mode: state.mode,
    light: state.light,
    reach: state.reach,
    seed: state.seed,
  };
}

/** The state that a project file's request stands for; `reference` is its picture among the drawing's own, if any. */
export function stateOf(request, reference = null) {
  const { marks = [], mode, tint, light, reach, seed, palette = [], reference_strength: strength } = request;
  const given = Object.entries({ mode, tint, light, reach, seed, strength }).filter(([, value]) => value !== undefined);
  return { ...FRESH, ...Object.fromEntries(given), marks, palette, paletteOn: palette.length > 0, reference };
}

/** A name that the request takes: printable, short. */
export function plainName(name) {
  // eslint-disable-next-line no-control-regex
  return (name || 'reference').replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ').slice(0, 80);
}
