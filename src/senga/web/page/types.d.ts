// Types that modules of the page share. Nothing of this file is served.

declare global {
  interface Window {
    showOpenFilePicker?(options: { multiple?: boolean }): Promise<FileSystemFileHandle[]>;
    showSaveFilePicker?(options: {
      suggestedName?: string;
      types?: { description: string; accept: Record<string, `.${string}`[]> }[];
    }): Promise<FileSystemFileHandle>;
  }
  interface FileSystemHandle {
    queryPermission?(options: { mode: 'read' | 'readwrite' }): Promise<PermissionState>;
    requestPermission?(options: { mode: 'read' | 'readwrite' }): Promise<PermissionState>;
  }
  interface DataTransferItem {
    getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
  }
}

/** A file, and what it can be written by where the browser gives that. */
export interface Opened {
  file: File;
  handle: FileSystemFileHandle | null;
}

/** How pictures are written; 0 leaves size and resolution as they are. */
export interface ExportOptions {
  side: number;
  dpi: number;
  /** Of JPEG; WebP is lossless. */
  quality: number;
  transparent: boolean;
  srgb: boolean;
  regions: boolean;
}

/** A drawing that was closed, and can come back. */
export interface Recent {
  key: string;
  name: string;
  closed: number;
  thumb: Blob | null;
}

/** (x, y), px. */
export type Point = [x: number, y: number];

/** 0 to 255 each. */
export type Rgb = [red: number, green: number, blue: number];

/** Hue in degrees, the others from 0 to 1. */
export type Hsv = [hue: number, saturation: number, value: number];

/** What draws: on the window's canvas or on one of our own. */
export type Pen = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

/** Points in drawing px, whole at the centers of pixels; `pressure` has one share of the width for each. */
export interface StrokeMark {
  kind: 'stroke';
  points: Point[];
  color: string;
  width: number;
  pressure?: number[];
  /** How far it reaches; else as the request says. */
  reach?: Reach;
  /** The color that it had before it was exchanged: the model is told it. */
  told?: string;
}

export interface EraseMark {
  kind: 'erase';
  points: Point[];
  width: number;
  pressure?: number[];
}

export interface FillMark {
  kind: 'fill';
  points: Point[];
  color: string;
  /** How far it reaches; else as the request says. */
  reach?: Reach;
  /** The color that it had before it was exchanged: the model is told it. */
  told?: string;
}

/** What the brush did; its form is fixed in senga.color.marks. */
export type Mark = StrokeMark | EraseMark | FillMark;

/** Marks that have a body. */
export type DrawnMark = StrokeMark | EraseMark;

export type Tool = 'brush' | 'dot' | 'line' | 'fill' | 'erase' | 'pick' | 'select' | 'recolor' | 'lock' | 'lasso' | 'hand';

/** What a tool does from the pointer's going down to its going up; places are drawing px, pressure null for what has none. */
export interface Work {
  tool: Tool;
  /** Whether it leads straight from where it began. */
  straight: boolean;
  /** The mark that it lays, if it lays one. */
  mark?: Mark | null;
  move(place: Point, pressure: number | null, foreseen?: Point | null): void;
  end(): void;
  cancel(): void;
}

/** A part of a drawing, cut out of a small picture of it: where it lies there, and its opacity at each pixel. */
export interface Area {
  bitmap: ImageBitmap;
  alpha: Uint8Array;
  x: number;
  y: number;
  /** Of the picture that it is cut out of. */
  width: number;
  height: number;
}
/** A key with what is held beside it: 'Ctrl+Shift+Z', 'R', '?', 'Space'. */
export type Chord = string;

/** What the pointer does with the view or the brush while keys lend it. */
export type Held = 'hand' | 'turn' | 'size';

export type Mode = 'paint' | 'flat';
export type Reach = 'region' | 'object' | 'far';

/** A picture whose colors are borrowed: `key` is its place among the drawing's own files. */
export interface Reference {
  key: string;
  name: string;
}

/** Colors that were finished: the file of a color layer, by its place among the drawing's own files. */
export type Finished = Reference;

/** What undo and redo go over. Never changed in place. */
export interface State {
  readonly marks: readonly Mark[];
  readonly mode: Mode;
  readonly tint: number;
  /** Strength of light. */
  readonly light: number;
  /** Strength of shade; null: as light. */
  readonly shade: number | null;
  /** 0 to 1 each. */
  readonly lightSoftness: number;
  readonly shadeSoftness: number;
  /** What shade leans to, '#rrggbb'. */
  readonly shadeTint: string | null;
  /** From which side light falls, -1 left to 1 right. */
  readonly lightSide: number;
  /** How far a hint reaches. */
  readonly reach: Reach;
  /** How boldly open lines are closed, 0 to 8. */
  readonly gap: number;
  /** Of what is drawn at random. */
  readonly seed: number;
  /** '#rrggbb' each. */
  readonly palette: readonly string[];
  readonly paletteOn: boolean;
  /** Whether the palette is a candidate's. */
  readonly fromIdea: boolean;
  readonly reference: Reference | null;
  readonly strength: number;
  /** Flat colors that are exchanged. */
  readonly recolored: readonly Recolored[];
  /** What stays where `locked` and `within` say so. */
  readonly finished: Finished | null;
  /** Points of regions in which nothing changes. */
  readonly locked: readonly Point[];
  /** Corners of the lasso outside which nothing changes; none: there is no lasso. */
  readonly within: readonly Point[];
  /** The picture that its lines were drawn from, where that keeps its colors. */
  readonly colored: Reference | null;
}

/** A result that was kept: how to make it again. */
export interface Version {
  key: string;
  name: string;
  /** When it was kept, ms. */
  time: number;
  state: State;
  /** Small; none until it is made. */
  thumb: Blob | null;
}

/** What the server is asked; its form is fixed in senga.color.request. */
export interface Request {
  marks: readonly Mark[];
  palette: readonly string[];
  reference: string | null;
  reference_strength: number;
  tint: number;
  mode: Mode;
  light: number;
  shade: number | null;
  light_softness: number;
  shade_softness: number;
  shade_tint: string | null;
  light_side: number;
  reach: Reach;
  gap: number;
  seed: number;
  /** Any name: the colored picture was sent, whose colors stay where no hint changes them. */
  colored?: string | null;
  candidates?: number;
  /** Flat colors exchanged wherever the answer has them. */
  recolored?: readonly Recolored[];
  /** Any name: finished colors were sent, which stay where `locked` and `within` say so. */
  finished?: string | null;
  /** Points of regions in which nothing changes. */
  locked?: readonly Point[];
  /** Corners of a lasso outside which nothing changes. */
  within?: readonly Point[];
}

export interface Recolored {
  from: string;
  to: string;
}

/** One of several answers to a request; `png` is a thumbnail in base64. */
export interface Candidate {
  index: number;
  seed: number;
  palette: string[];
  png: string;
}

/** A candidate that is at hand. */
export interface Idea {
  key: string;
  seed: number;
  palette: string[];
  /** Whether its palette was chosen for it. */
  chosen: boolean;
  /** Whether it stays when others are asked for. */
  marked: boolean;
  thumb: Blob;
}

/** One of the server's answers on the painting channel. */
export interface Answer {
  seq: number;
  color: ImageBitmap;
  ink: ImageBitmap | null;
  header: AnswerHeader;
}

export interface AnswerHeader {
  seq: number;
  width: number;
  height: number;
  seconds: number;
  /** Lengths of the two pictures, bytes, where lines are tinted. */
  color?: number;
  ink?: number;
  /** Whether lines lie on the colors already. */
  lined?: boolean;
}

/** What the server says instead of an answer. */
export interface Complaint {
  seq?: number;
  error: string;
  kind: string;
}

/** What hears of a painting channel. */
export interface LiveHandlers {
  color(answer: Answer): void;
  error(said: Complaint): void;
  link(up: boolean): void;
  forgotten(id: string): void;
}

/** The newest colors of a drawing; `side` is their longest, px. */
export interface Colors {
  bitmap: ImageBitmap;
  ink: ImageBitmap | null;
  seconds: number;
  side: number;
  /** Whether lines lie on them already. */
  lined: boolean;
}

/** A picture of a drawing's lines in their own colors, and what it was made of. */
export interface InkedLines {
  ink: ImageBitmap;
  level: Picture;
  tint: number;
  canvas: OffscreenCanvas;
}

/** A picture of a drawing's marks, to which new ones are added. */
export interface HintLayer {
  canvas: OffscreenCanvas;
  marks: readonly Mark[];
}

export type Picture = ImageBitmap | OffscreenCanvas;

/** How a drawing lies in the window, as it is kept. */
export interface KeptView {
  x: number;
  y: number;
  scale: number;
  angle: number;
  mirror: boolean;
  fitted: boolean;
}

export interface KeptHistory {
  present: State;
  past?: State[];
  future?: State[];
}

/** What the server knows of a drawing that it was sent. */
export interface Uploaded {
  id: string;
  width: number;
  height: number;
}

/** A drawing to open: its file, and what is known of it already. */
export interface DrawingParts {
  blob: Blob;
  name: string;
  key?: string;
  original?: string;
  id?: string | null;
  width?: number;
  height?: number;
  history?: KeptHistory | null;
  view?: KeptView | null;
  files?: Record<string, Blob>;
  stamp?: number;
  /** The project file on disk that it is saved to. */
  handle?: FileSystemFileHandle | null;
  /** Whether it has changes that no project file holds. */
  changed?: boolean;
  versions?: readonly Version[];
  /** Those that are marked. */
  ideas?: Idea[];
  nextSeed?: number | null;
  /** Key of the palette of saved colors that is its own. */
  paletteKey?: string | null;
}

/** A drawing as the browser keeps it; its file and those that `files` names lie beside it. */
export interface KeptDrawing extends Omit<DrawingParts, 'blob' | 'files'> {
  key: string;
  files?: string[];
  /** When it was closed, ms; none of an open one. */
  closed?: number;
  thumb?: Blob | null;
  /** Bytes of its files. */
  bytes?: number;
  /** The window that has it open. */
  window?: string;
}

/** What the browser keeps, by store. */
export interface Stores {
  files: Blob;
  drawings: KeptDrawing;
  /** `swatches` are an older page's. */
  settings: Partial<Settings> & { swatches?: string[] };
}

/** Saved colors with a name; "" has the usual one. */
export interface NamedPalette {
  key: string;
  name: string;
  colors: string[];
}

/** One character's colors; all but `key` is fixed in senga.web.characters. */
export interface Character {
  key: string;
  name: string;
  colors: { part: string; color: string }[];
  /** Colors of no part. */
  palette: string[];
  /** Name of a picture, whose file lies in the browser beside it under `key`. */
  reference: string | null;
  reference_strength: number;
  hints: Seed[];
}

/** A hint of a character: `color` is a part or '#rrggbb', `at` shares of a drawing's sides. */
export interface Seed {
  color: string;
  at: Point[];
  radius: number;
  drawing: string;
}

/** The open drawings' keys, and the one in front. */
export interface Order {
  keys: string[];
  front: string | null;
}

/** What a project file holds. */
export interface Project {
  original: string;
  blob: Blob;
  state: State;
  files: Record<string, Blob>;
  swatches: string[];
  versions: Version[];
}

/** Which model painted. */
export interface Fingerprint {
  name: string;
  sha256: string;
}

/** What an upload looks like. */
export type Look = 'lines' | 'scan' | 'inverted' | 'colored';

/** Layers of a document that can be its lines, the highest first; `taken` is null for what the document shows. */
export interface Layers {
  layers: { path: string; visible: boolean }[];
  taken: string | null;
}

/** How line art is made of an upload. */
export interface Preparation {
  way: 'clean' | 'draw' | 'keep';
  /** It is white on black. */
  invert: boolean;
  /** Less keeps fainter lines. */
  ink: number;
  /** Whether colored pencil is ink. */
  pencil: boolean;
  /** Whether a colored picture keeps its colors where no hint changes them. */
  keep: boolean;
}

/** Line art that is offered in the place of a drawing's own: the upload as it is, and the lines. */
export interface Proposal {
  before: ImageBitmap;
  after: ImageBitmap | null;
}

/** What the server says of itself. */
export interface Info {
  version: string;
  model?: { name: string; conditions: string[]; fingerprint: string };
  limits: Record<string, number>;
}

export type Layer = 'showLines' | 'showColor' | 'showHints';

/** The person's settings, for all drawings. */
export interface Settings extends Record<Layer, boolean> {
  tool: Tool;
  color: string;
  /** The color used before. */
  before: string;
  /** Of the brush, in thousandths of the drawing's longest side. */
  size: number;
  pressure: boolean;
  /** How far new strokes and fills reach; those not named as far as is usual. */
  reaches: Partial<Record<'stroke' | 'fill', Reach>>;
  /** Whether a click recolors everything of its color, or its region alone. */
  recolorAll: boolean;
  /** How much strokes are evened out, 0 to 1. */
  smoothing: number;
  /** Whether sliders stand beside the drawing. */
  beside: boolean;
  /** Keys that were changed, by names of works (keys.js). */
  keys: Record<string, Chord[]>;
  /** Saved colors. */
  palettes: NamedPalette[];
  /** Key of the one in use. */
  palette: string;
  /** Whether all open drawings are colored with one palette. */
  onePalette: boolean;
  characters: Character[];
  /** Key of the one that is shown. */
  character: string;
  theme: string;
  language: string;
  /** Colors that were painted with, the last one first. */
  used: string[];
  exporting: ExportOptions;
  /** Names of the panel's parts that are folded. */
  folded?: string[];
}

/** What comes with events of a drawing. */
export interface DrawingEvents {
  lines: undefined;
  /** What it looks like is known, or line art is offered. */
  look: undefined;
  /** Its versions, or what is known of one. */
  versions: undefined;
  ideas: undefined;
  state: undefined;
  color: undefined;
  busy: undefined;
  link: undefined;
  kept: undefined;
  /** What went wrong. */
  trouble: unknown;
}

/** What comes with events of the table. */
export interface AppEvents extends DrawingEvents {
  front: undefined;
  view: undefined;
  language: undefined;
  /** What has changed, or nothing where all may have. */
  settings: Partial<Settings> | undefined;
}

/** The names in 'one two three'. */
export type Names<Text extends string> = Text extends `${infer First} ${infer Rest}` ? First | Names<Rest> : Text;

/** Attributes of an element; those that begin with "on" are functions that listen. */
export interface Attributes {
  [name: string]: string | number | boolean | null | undefined | ((event: Event) => unknown);
}

/** Where the pointer is, window px; `keys` when arrow keys moved it. */
export interface Pointer {
  at: Point | null;
  keys: boolean;
  tool: Tool | Held;
  /** Under the eyedropper. */
  color: string | null;
}
