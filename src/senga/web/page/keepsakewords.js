// Words of versions, ideas, named palettes and characters, as in `words.js`.

/** @type {Record<string, [string, string, string]>} */
export const KEEPSAKES = {
  // versions
  'versions': ['Versions', '版本', 'バージョン'],
  'version': ['Version {n}', '版本 {n}', 'バージョン {n}'],
  'version-keep': ['Keep as a version', '保存为版本', 'バージョンとして残す'],
  'versions-how': ['Keep what you like, try on, and come back or compare.', '保存满意的结果，继续尝试，随时返回或比较。', '気に入った状態を残して試し、戻ったり比べたりできます。'],
  'version-kept': ['{name} is kept', '已保存 {name}', '{name} を残しました'],
  'version-use': ['Go back to {name}', '返回 {name}', '{name} に戻す'],
  'version-back': ['{name} is back', '已返回 {name}', '{name} に戻しました'],
  'version-name': ['Name of the version', '版本名称', 'バージョン名'],
  'version-compare': ['Compare {name} with what is shown', '将 {name} 与当前比较', '{name} を今と比べる'],
  'version-delete': ['Delete {name}', '删除 {name}', '{name} を削除'],
  'version-gone': ['{name} is deleted', '已删除 {name}', '{name} を削除しました'],
  'versions-full': ['{most} versions are the most; delete one.', '最多 {most} 个版本，请先删除一个。', 'バージョンは {most} 個までです。どれか削除してください。'],
  // large pictures
  'compare': ['Compare', '比较', '比べる'],
  'compare-now': ['Shown now', '当前', '今の状態'],
  'compare-left': ['Picture, or the left one', '图片（或左侧）', '絵（または左）'],
  'compare-right': ['The right one', '右侧', '右の絵'],
  'compare-way': ['How they are shown', '显示方式', '表示のしかた'],
  'compare-one': ['One', '单张', '1枚'],
  'compare-divider': ['Divider', '分割线', '境界線'],
  'compare-beside': ['Side by side', '并排', '並べる'],
  'compare-before': ['Last one', '上一个', '前へ'],
  'compare-next': ['Next one', '下一个', '次へ'],
  'compare-take': ['Use it', '采用', '使う'],
  'compare-take-left': ['Use left', '采用左侧', '左を使う'],
  'compare-take-right': ['Use right', '采用右侧', '右を使う'],
  'compare-making': ['Making the picture…', '正在生成图片…', '絵を作成中…'],
  // ideas
  'ideas-large': ['Show them large', '放大查看', '大きく見る'],
  'idea-star': ['Mark idea {n}: it stays', '标记方案 {n}（保留）', '案{n}に印（残す）'],
  // named palettes
  'palettes': ['Palettes of saved colors', '色板列表', 'スウォッチのパレット'],
  'palette-name': ['Name of the palette', '色板名称', 'パレット名'],
  'palette-new': ['New palette', '新建色板', '新しいパレット'],
  'palette-fresh': ['Palette', '色板', 'パレット'],
  'palette-delete': ['Delete this palette', '删除此色板', 'このパレットを削除'],
  'palette-gone': ['{name} is deleted', '已删除 {name}', '{name} を削除しました'],
  'palette-emptied': ['{name} is empty now', '{name} 已清空', '{name} を空にしました'],
  'palette-own': ['Its own palette for this drawing', '此画稿单独使用一个色板', 'この線画だけのパレット'],
  'palette-all': ['One palette for all open drawings', '所有打开的画稿共用调色板', '開いている全部で同じパレット'],
  'palettes-full': ['{most} palettes are the most; delete one.', '最多 {most} 个色板，请先删除一个。', 'パレットは {most} 個までです。どれか削除してください。'],
  'idea-mark': ['Mark it: it stays', '标记（保留）', '印をつけて残す'],
};
