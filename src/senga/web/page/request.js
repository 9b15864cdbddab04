// A drawing's state, and the request that the server gets of it (its JSON form is fixed in senga.color.request).

/** What undo and redo go over. Never changed in place. */
export const FRESH = Object.freeze({
  marks: [],
  mode: 'paint',
  tint: 0,
  palette: [], // '#rrggbb'
  paletteOn: false,
  fromIdea: false, // the palette is a candidate's
  reference: null, // {key, name, colors}: key of a picture among the drawing's own
  strength: 1,
});

export function requestOf(state, growing = null) {
  return {
    marks: growing ? [...state.marks, growing] : state.marks,
    palette: state.paletteOn ? state.palette : [],
    reference: state.reference ? state.reference.name : null,
    reference_strength: state.strength,
    tint: state.tint,
    mode: state.mode,
  };
}

/** The state that a project file's request stands for; `reference` is its picture among the drawing's own, if any. */
export function stateOf(request, reference = null) {
  const { marks = [], mode = 'paint', tint = 0, palette = [], reference_strength: strength = 1 } = request;
  return { ...FRESH, marks, mode, tint, palette, paletteOn: palette.length > 0, strength, reference };
}

/** A name that the request takes: printable, short. */
export function plainName(name) {
  // eslint-disable-next-line no-control-regex
  return (name || 'reference').replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ').slice(0, 80);
}
