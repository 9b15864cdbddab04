// All words of the page, in three languages. `{name}` stands for a value.

import { elements } from './elements.js';
import { GUIDE } from './guidewords.js';
import { KEEPSAKES } from './keepsakewords.js';
import { keysOf, shown } from './keys.js';

const LANGUAGES = ['en', 'zh', 'ja'];

/** @type {Record<string, [string, string, string]>} */
const WORDS = {
  ...KEEPSAKES,
  ...GUIDE,
  // whole page
  'skip': ['Skip to the drawing', '跳到画布', '絵へ移動'],
  'drawings': ['Open drawings', '打开的画稿', '開いている線画'],
  'open': ['Open a drawing', '打开线稿', '線画を開く'],
  'close': ['Close', '关闭', '閉じる'],
  'close-drawing': ['Close {name}', '关闭 {name}', '{name}を閉じる'],
  'closed': ['{name} is closed', '已关闭 {name}', '{name} を閉じました'],
  'bring-back': ['Bring back', '恢复', '元に戻す'],
  'recents': ['Recent drawings', '最近的画稿', '最近の線画'],
  'recents-none': ['Drawings that you close come here.', '关闭的画稿会出现在这里。', '閉じた線画がここに並びます。'],
  'recent-gone': ['This drawing is not kept any more, or another window has it.', '此画稿已不再保留，或在另一窗口中打开。', 'この線画はもうないか、別のウィンドウで開いています。'],
  'recent-forget': ['Forget {name}', '删除 {name}', '{name}を消す'],
  'rename': ['Rename', '重命名', '名前を変更'],
  'duplicate': ['Duplicate', '复制一份', '複製'],
  'copy-of': ['Copy of {name}', '{name} 副本', '{name} のコピー'],
  'tab-menu': ['This drawing', '此画稿', 'この線画'],
  'unsaved': ['Changes are in the browser, in no project file', '更改仅在浏览器中，未存入项目文件', '変更はブラウザー内のみ（未保存）'],
  'cancel': ['Cancel', '取消', '中止'],
  'k-save': ['Save the project', '保存项目', 'プロジェクトを保存'],
  'k-save-as': ['Save the project under another name', '项目另存为', '別名で保存'],
  'k-tab-right': ['Move the tab right', '标签右移', 'タブを右へ'],
  'k-tab-left': ['Move the tab left', '标签左移', 'タブを左へ'],
  'undo': ['Undo', '撤销', '元に戻す'],
  'redo': ['Redo', '重做', 'やり直す'],
  'menu': ['Settings and help', '设置与帮助', '設定とヘルプ'],
  'tools': ['Tools', '工具', 'ツール'],
  'view': ['View', '视图', '表示'],
  'panel': ['Colors and wishes', '颜色与要求', '色と希望'],
  'welcome': ['Drop a drawing here', '把线稿拖到这里', '線画をここにドロップ'],
  'welcome-how': ['or paste it, or choose a file. A senga project works too.', '也可以粘贴，或选择文件。senga 项目文件也行。', '貼り付け、ファイル選択、sengaプロジェクトもどうぞ。'],
  'welcome-privacy': ['Your lines are never changed, and nothing leaves this server.', '线条绝不会被改动，数据不会离开本服务器。', '線は一切変わりません。データはこのサーバーの外に出ません。'],
  'choose-file': ['Choose a file', '选择文件', 'ファイルを選ぶ'],
  'sample': ['Try a sample drawing', '试用示例线稿', '見本の線画で試す'],
  'sample-name': ['sample', '示例', '見本'],
  'line-layer': ['Layer of the lines', '线稿图层', '線のレイヤー'],
  'line-layer-all': ['What the file shows', '文件显示的画面', '表示されている絵'],
  'line-layer-taken': ['Its layer “{name}” is taken as the lines.', '已将图层“{name}”作为线稿。', 'レイヤー「{name}」を線として使います。'],
  'line-layer-hidden': ['{name} (hidden)', '{name}（隐藏）', '{name}（非表示）'],
  'prepare': ['Clean, invert or draw lines', '清理、反相或提取线稿', '清書・反転・線画抽出'],
  'look-scan': ['This looks like a photo or scan. Right: cleaned.', '这看起来是照片或扫描件。右侧：清理后。', '写真かスキャンのようです。右：清書したもの。'],
  'look-inverted': ['This looks like white lines on black. Right: inverted.', '这看起来是黑底白线。右侧：反相后。', '黒地に白い線のようです。右：反転したもの。'],
  'look-colored': ['This picture is colored. Right: its lines, to color anew.', '这是彩色图片。右侧：提取的线稿，可重新上色。', '彩色済みの画像です。右：抽出した線。塗り直せます。'],
  'look-lines': ['Left: as it came. Right: what it becomes.', '左侧：原样。右侧：处理后。', '左：元のまま。右：処理後。'],
  'way': ['What is done', '处理方式', '処理'],
  'way-clean': ['Clean', '清理', '清書'],
  'way-draw': ['Draw its lines', '提取线稿', '線を抽出'],
  'way-keep': ['As it is', '保持原样', 'そのまま'],
  'invert': ['White on black: invert', '黑底白线：反相', '黒地に白：反転'],
  'faint': ['Faint lines', '浅淡线条', '薄い線'],
  'pencil': ['Colored pencil is ink too', '彩色铅笔也算线条', '色鉛筆も線とする'],
  'prepare-use': ['Use it', '采用', '使う'],
  'prepare-not': ['Leave it', '不处理', 'やめる'],
  'preparing': ['Preparing…', '处理中…', '処理中…'],
  'drop-here': ['Drop to open', '松开即可打开', '離すと開きます'],
  'uploading': ['Opening {name}', '正在打开 {name}', '{name}を開いています'],
  'opened': ['{name}: {width} × {height} px', '{name}：{width} × {height} 像素', '{name}：{width} × {height} px'],
  'sheet': ['Drawing', '画布', '絵'],
  'sheet-how': ['Arrow keys move the pointer, Shift moves it further, Enter uses the tool. Press ? for all keys.', '方向键移动光标，按住 Shift 移动更远，回车使用工具。按 ? 查看全部快捷键。', '矢印キーでポインターを動かし、Shiftで大きく、Enterでツールを使います。?でキー一覧。'],
  'working': ['Coloring…', '上色中…', '彩色中…'],
  'colored': ['Colors are ready', '上色完成', '彩色しました'],
  'away': ['No connection, trying again', '连接中断，正在重试', '接続が切れました。再接続中'],
  'offline': ['The server does not answer.', '服务器没有响应。', 'サーバーが応答しません。'],
  'busy-server': ['The server is busy; try again in a moment.', '服务器繁忙，请稍后再试。', 'サーバーが混み合っています。少し待ってください。'],
  'project-bad': ['This project file cannot be read.', '无法读取此项目文件。', 'このプロジェクトファイルは読めません。'],
  'details': ['Details', '详情', '詳細'],
  'about': ['{name}: {words}', '{name}：{words}', '{name}：{words}'],
  'e-token': ['This server needs its token: open the address that it printed.', '此服务器需要令牌：请打开它显示的地址。', 'このサーバーにはトークンが必要です。表示されたアドレスを開いてください。'],
  'e-gone': ['The server does not know this drawing any more; try again.', '服务器已不再保留此画稿，请重试。', 'サーバーにこの線画はもうありません。もう一度お試しください。'],
  'e-slow': ['It was sent too slowly; try again.', '传送太慢，请重试。', '送信が遅すぎます。もう一度お試しください。'],
  'e-large': ['It is too large; make it smaller.', '文件过大，请缩小后再试。', '大きすぎます。小さくしてください。'],
  'e-slim': ['It is too long for its width.', '画面过于狭长。', '幅に対して長すぎます。'],
  'e-empty': ['The file is empty.', '文件是空的。', 'ファイルが空です。'],
  'e-no-picture': ['This is no picture that senga reads; save it as PNG or JPEG.', '不是可读取的图片，请另存为 PNG 或 JPEG。', '読める画像ではありません。PNGかJPEGで保存してください。'],
  'e-broken': ['The picture is broken or cut off; copy or save it again.', '图片已损坏或不完整，请重新复制或保存。', '画像が壊れているか途中で切れています。コピーか保存をし直してください。'],
  'e-picture': ['This picture cannot be read; save it as PNG.', '无法读取此图片，请另存为 PNG。', 'この画像は読めません。PNGで保存してください。'],
  'e-palette': ['No palette can be read from this file.', '无法从此文件读取调色板。', 'このファイルからパレットを読めません。'],
  'e-request': ['The server does not take these hints or settings.', '服务器不接受这些提示或设置。', 'このヒントや設定は受け付けられません。'],
  'e-model': ['The model cannot do this.', '模型无法做到。', 'モデルにはできません。'],
  'e-refused': ['The server refused it.', '服务器拒绝了请求。', 'サーバーに断られました。'],
  'e-defect': ['A defect of senga; the log of the server says more.', 'senga 出错，详见服务器日志。', 'sengaの不具合です。サーバーのログをご覧ください。'],
  'e-page': ['Something went wrong.', '出了点问题。', '問題が起きました。'],
  'reference-bad': ['Its reference cannot be used, and was left out.', '其参考图无法使用，已略去。', '参照画像は使えないため外しました。'],
  'kept-fail': ['The browser cannot keep a copy: {why}', '浏览器无法保存副本：{why}', 'ブラウザーに保存できません：{why}'],
  // tools
  'brush': ['Brush', '画笔', 'ブラシ'],
  'dot': ['Dot', '色点', '点'],
  'line': ['Straight line', '直线', '直線'],
  'fill': ['Fill an area', '填充区域', '領域を塗る'],
  'erase': ['Eraser for hints', '橡皮（擦提示）', '消しゴム（ヒント）'],
  'pick': ['Eyedropper', '吸管', 'スポイト'],
  'select': ['Select a hint', '选择提示', 'ヒントを選択'],
  'recolor': ['Recolor the result', '替换结果中的颜色', '結果の色を置き換え'],
  'lock': ['Lock a region', '锁定区域', '領域をロック'],
  'lasso': ['Lasso: change only inside', '套索：仅改变内部', '投げなわ：内側だけ変える'],
  'options': ['Options of the tool', '工具选项', 'ツールの設定'],
  'gap': ['Close gaps', '封闭缺口', '隙間を閉じる'],
  'width': ['Width', '粗细', '太さ'],
  'select-how': ['Tap a hint', '点选一个提示', 'ヒントをタップ'],
  'selected-say': ['Hint {n} selected: {kind}', '已选中提示 {n}：{kind}', 'ヒント{n}を選択：{kind}'],
  'mark-delete': ['Delete the hint', '删除提示', 'ヒントを削除'],
  'mark-gone': ['Hint deleted', '已删除提示', 'ヒントを削除しました'],
  'recolor-all': ['All of this color', '所有此颜色', 'この色すべて'],
  'recolor-region': ['This region', '此区域', 'この領域'],
  'recolored-say': ['{from} is now {to}', '{from} 已替换为 {to}', '{from} を {to} に'],
  'recolor-full': ['No more colors can be exchanged.', '无法再替换更多颜色。', 'これ以上は置き換えられません。'],
  'lock-how': ['Tap a region', '点选一个区域', '領域をタップ'],
  'lock-nothing': ['No region there', '这里没有区域', 'そこに領域はありません'],
  'locked-say': ['Locked', '已锁定', 'ロックしました'],
  'unlocked-say': ['Unlocked', '已解锁', 'ロックを外しました'],
  'locked-n': ['{n} locked', '已锁定 {n} 处', 'ロック {n}'],
  'unlock-all': ['Unlock all', '全部解锁', 'すべて解除'],
  'lasso-how': ['Draw around it', '圈出范围', '囲んでください'],
  'lasso-on': ['Only inside the lasso', '仅套索内部', '投げなわの内側だけ'],
  'lasso-say': ['Only inside the lasso anything changes', '仅套索内部会改变', '投げなわの内側だけ変わります'],
  'lasso-clear': ['Clear the lasso', '取消套索', '投げなわを解除'],
  'held': ['Locked and recolored', '锁定与换色', 'ロックと色の置き換え'],
  'exchange': ['{from} became {to}: give it the color to paint with', '{from} 已替换为 {to}：改用当前颜色', '{from} → {to}：描画色に変える'],
  'exchange-off': ['Put {from} back', '恢复 {from}', '{from} に戻す'],
  'exchange-none': ['Put all colors back', '恢复全部颜色', 'すべての色を戻す'],
  'k-next-mark': ['Select the next hint, the one before', '选择下一个、上一个提示', '次・前のヒントを選択'],
  'k-delete-mark': ['Delete the selected hint', '删除选中的提示', '選んだヒントを削除'],
  'k-nudge': ['Move the selected hint', '移动选中的提示', '選んだヒントを動かす'],
  'hand': ['Move the view', '移动视图', '手のひら'],
  'color': ['Color', '颜色', '色'],
  'more': ['Palette, reference, ideas', '调色板、参考、方案', 'パレット・参照・案'],
  // view
  'zoom-in': ['Zoom in', '放大', '拡大'],
  'zoom-out': ['Zoom out', '缩小', '縮小'],
  'fit': ['Whole drawing, upright', '适合窗口', '全体を表示'],
  'turn-left': ['Turn left', '向左旋转', '左に回転'],
  'turn-right': ['Turn right', '向右旋转', '右に回転'],
  'upright': ['Upright', '恢复水平', '傾きを戻す'],
  'degrees': ['{n}°', '{n}°', '{n}°'],
  'mirror': ['Mirror the view', '镜像视图', '左右反転表示'],
  'show-lines': ['Lines', '线条', '線'],
  'show-color': ['Colors', '颜色', '色'],
  'show-hints': ['Hints', '提示', 'ヒント'],
  'before-after': ['Before and after', '前后对比', '前後の比較'],
  'before': ['Before', '前', '前'],
  'after': ['After', '后', '後'],
  // color
  'wheel-hue': ['Hue', '色相', '色相'],
  'wheel-tone': ['Saturation and brightness', '饱和度与明度', '彩度と明度'],
  'hex': ['HEX', 'HEX', 'HEX'],
  'hex-bad': ['Not a color: write it as #d9382b', '不是颜色：请写成 #d9382b', '色ではありません。#d9382b の形で'],
  'now': ['Color to paint with: {color}', '当前颜色：{color}', '描画色：{color}'],
  'last': ['Last color {color}: take it back', '上一个颜色 {color}：换回', '前の色 {color} に戻す'],
  'picked-say': ['{color} picked', '吸取了 {color}', '{color} を取得'],
  'used': ['Colors used', '用过的颜色', '使った色'],
  'used-again': ['{color}, used before', '{color}，用过', '{color}（使用済み）'],
  'size': ['Brush size', '笔刷大小', 'ブラシサイズ'],
  'smoothing': ['Smoothing', '抖动修正', '手ブレ補正'],
  'beside': ['Brush', '画笔', 'ブラシ'],
  'beside-hide': ['Hide the sliders', '隐藏滑块', 'スライダーを隠す'],
  'beside-show': ['Show the sliders', '显示滑块', 'スライダーを表示'],
  'reach-is': ['Reach: {reach}', '范围：{reach}', '範囲：{reach}'],
  'swatches': ['Swatches', '色板', 'スウォッチ'],
  'swatches-full': ['{n} colors were not saved: {most} swatches are the most.', '有 {n} 种颜色未保存：色板最多 {most} 种。', '{n} 色は保存されませんでした。スウォッチは {most} 色までです。'],
  'swatch-add': ['Save the color', '保存颜色', '色を保存'],
  'swatch-use': ['{color}. Delete removes it.', '{color}。Delete 键删除。', '{color}。Deleteで削除。'],
  'swatch-gone': ['{color} removed', '已删除 {color}', '{color} を削除しました'],
  'swatch-back': ['Put back', '恢复', '戻す'],
  'palette-open': ['Open palette or picture', '打开调色板或图片', 'パレットか画像を開く'],
  'palette-save': ['Save as', '另存为', '保存形式'],
  'palette-added': ['{n} colors added', '添加了 {n} 个颜色', '{n}色を追加'],
  'palette-none': ['No colors found', '没有找到颜色', '色がありません'],
  // conditions
  'coloring': ['Coloring', '上色', '彩色'],
  'mode': ['Kind', '方式', '方法'],
  'paint': ['Painted', '绘画', 'ペイント'],
  'flat': ['Flat', '平涂', 'フラット'],
  'lighting': ['Light and shade', '光影', '光と影'],
  'shading': ['Light', '光', '光'],
  'shade': ['Shade', '阴影', '影'],
  'light-softness': ['Soft light', '柔光', '光の柔らかさ'],
  'shade-softness': ['Soft shade', '柔影', '影の柔らかさ'],
  'light-side': ['Light from', '光源方向', '光の向き'],
  'side-left': ['left', '左', '左'],
  'side-right': ['right', '右', '右'],
  'side-front': ['front', '正面', '正面'],
  'shade-tint': ['Tint of shade', '阴影色调', '影の色'],
  'shade-tint-take': ['Shade leans to the color', '阴影偏向当前颜色', '影を描画色に寄せる'],
  'shade-tint-off': ['No tint', '无色调', '色なし'],
  'reach': ['A hint reaches', '提示的范围', 'ヒントの届く範囲'],
  'reach-region': ['Region', '区域', '領域'],
  'reach-object': ['Object', '物体', '物'],
  'reach-far': ['Far', '全图', '遠くまで'],
  'tint': ['Colored lines', '彩色线条', '色トレス'],
  'palette': ['Palette', '调色板', 'パレット'],
  'palette-on': ['Color with this palette', '用此调色板上色', 'このパレットで彩色'],
  'palette-empty': ['Add colors, take over an idea, or open a file or picture.', '添加颜色、采用方案，或打开文件、图片。', '色を加える、案を採用する、またはファイルや画像を開く。'],
  'palette-add': ['Add the color', '加入当前颜色', '描画色を加える'],
  'palette-swatches': ['From swatches', '来自色板', 'スウォッチから'],
  'palette-clear': ['Empty it', '清空', '空にする'],
  'palette-use': ['{color}: paint with it. Delete removes it.', '{color}：用它绘画。Delete 键移除。', '{color}で描く。Deleteで外す。'],
  'reference': ['Reference', '参考图', '参照画像'],
  'reference-drop': ['Drop a picture whose colors you like, or choose one', '拖入喜欢的配色图片，或选择文件', '好みの配色の画像をドロップ、または選択'],
  'reference-off': ['Remove the reference', '移除参考图', '参照を外す'],
  'reference-alt': ['Reference: {name}', '参考图：{name}', '参照：{name}'],
  'strength': ['Strength', '强度', '強さ'],
  'ideas': ['Ideas', '方案', '案'],
  'ideas-ask': ['Show ideas', '生成方案', '案を見る'],
  'ideas-making': ['Ideas…', '方案生成中…', '案を作成中…'],
  'ideas-more': ['Other ideas', '换一批', '別の案'],
  'ideas-how': ['Different ways to color it. A click takes one over, a star keeps it; your hints stay.', '不同的配色方案。点击采用，星标保留；提示保持不变。', '配色のちがう案。クリックで採用、★で残す。ヒントはそのまま。'],
  'idea': ['Idea {n}', '方案 {n}', '案 {n}'],
  'idea-taken': ['Idea {n} taken over', '已采用方案 {n}', '案{n}を採用'],
  // export
  'export': ['Export', '导出', '書き出し'],
  'export-png': ['PNG picture', 'PNG 图片', 'PNG画像'],
  'export-jpg': ['JPEG picture', 'JPEG 图片', 'JPEG画像'],
  'export-options': ['Size, resolution, transparency', '尺寸、分辨率、透明', 'サイズ・解像度・透明'],
  'export-side': ['Longest side, px', '最长边（像素）', '長辺（px）'],
  'export-dpi': ['Pixels an inch (DPI)', '分辨率（DPI）', '解像度（DPI）'],
  'export-quality': ['JPEG quality', 'JPEG 质量', 'JPEG画質'],
  'export-transparent': ['Transparent background', '透明背景', '背景を透明に'],
  'export-regions': ['PSD, ORA: a layer for each region', 'PSD、ORA：每个区域一个图层', 'PSD・ORA：領域ごとにレイヤー'],
  'export-srgb': ['With the profile of sRGB', '嵌入 sRGB 配置文件', 'sRGBプロファイルを付ける'],
  'export-webp': ['WebP picture', 'WebP 图片', 'WebP画像'],
  'export-layer': ['Color layer only (PNG)', '仅颜色图层（PNG）', '色レイヤーのみ（PNG）'],
  'export-psd': ['Layers for Photoshop, Clip Studio (PSD)', '图层：Photoshop、Clip Studio（PSD）', 'レイヤー：Photoshop、CLIP STUDIO（PSD）'],
  'export-ora': ['Layers for Krita, GIMP (ORA)', '图层：Krita、GIMP（ORA）', 'レイヤー：Krita、GIMP（ORA）'],
  'export-flats.svg': ['Flat areas as shapes (SVG)', '平涂矢量（SVG）', '塗り分けベクター（SVG）'],
  'export-senga': ['senga project, to go on later', 'senga 项目（可继续编辑）', 'sengaプロジェクト（続きから）'],
  'export-all': ['All open drawings, as one zip', '全部画稿（打包为 zip）', '開いている全部をzipで'],
  'exporting': ['Writing {name}…', '正在写出 {name}…', '{name}を書き出し中…'],
  'exported': ['{name} is saved', '已保存 {name}', '{name} を保存しました'],
  // menu
  'theme': ['Theme', '主题', 'テーマ'],
  'auto': ['Like the system', '跟随系统', 'システムに合わせる'],
  'light': ['Light', '浅色', 'ライト'],
  'dark': ['Dark', '深色', 'ダーク'],
  'language': ['Language', '语言', '言語'],
  'pressure': ['Pen pressure sets the width', '压感控制粗细', '筆圧で太さを変える'],
  'help': ['Keyboard shortcuts', '快捷键', 'キーボードショートカット'],
  'api': ['API of this server', '服务器 API', 'サーバーのAPI'],
  // help sheet
  'h-tools': ['Tools', '工具', 'ツール'],
  'h-color': ['Color', '颜色', '色'],
  'h-view': ['View', '视图', '表示'],
  'h-file': ['Drawing', '画稿', '線画'],
  'h-hand': ['Pen, mouse, touch', '笔、鼠标、触摸', 'ペン・マウス・タッチ'],
  'k-smaller': ['Smaller brush', '减小笔刷', 'ブラシを小さく'],
  'k-larger': ['Larger brush', '增大笔刷', 'ブラシを大きく'],
  'k-nearer': ['Hints reach less far', '缩小提示范围', 'ヒントの範囲を狭く'],
  'k-farther': ['Hints reach farther', '扩大提示范围', 'ヒントの範囲を広く'],
  'k-beside': ['Sliders beside the drawing', '画布旁的滑块', '絵の横のスライダー'],
  'k-hold-hand': ['Hold and drag: move the view', '按住拖动：移动视图', '押しながらドラッグ：表示を移動'],
  'k-hold-turn': ['Hold and drag: turn the view', '按住拖动：旋转视图', '押しながらドラッグ：表示を回転'],
  'k-resize': ['Ctrl+Alt and drag, or Alt and right button: brush size', 'Ctrl+Alt 拖动，或 Alt+右键拖动：笔刷大小', 'Ctrl+Altでドラッグ、またはAltと右ボタン：ブラシサイズ'],
  'k-turned': ['Turn of the view, degrees', '视图旋转角度', '表示の回転（度）'],
  'key-change': ['{work}: {key}. Press to change it.', '{work}：{key}。点按可更改。', '{work}：{key}。押して変更。'],
  'key-none': ['no key', '未设置', 'なし'],
  'key-press': ['Press a key…', '请按键…', 'キーを押す…'],
  'key-how': ['Click a key, then press another one. Escape leaves it, Backspace takes it away.', '点击按键后再按新键。Esc 放弃，退格键清除。', 'キーをクリックして新しいキーを押します。Escで中止、Backspaceで消去。'],
  'key-fixed': ['{key} has a fixed meaning on the page.', '{key} 在页面中有固定用途。', '{key}はページで固定されています。'],
  'key-browser': ['{key} belongs to the browser.', '{key} 由浏览器占用。', '{key}はブラウザーが使います。'],
  'key-taken': ['{key} is the key of “{work}”.', '{key} 已用于“{work}”。', '{key}は「{work}」のキーです。'],
  'key-take': ['Take it over', '改用于此', 'こちらに使う'],
  'key-leave': ['Leave it', '保持不变', 'そのまま'],
  'key-set': ['{work}: {key}', '{work}：{key}', '{work}：{key}'],
  'keys-usual': ['Back to the usual keys', '恢复默认按键', '初期のキーに戻す'],
  'k-swap': ['Last color', '上一个颜色', '前の色'],
  'k-mode': ['Painted or flat', '绘画或平涂', 'ペイント・フラット切替'],
  'k-pixels': ['Actual pixels', '实际像素', '等倍'],
  'k-next': ['Next drawing', '下一张', '次の線画'],
  'k-previous': ['Previous drawing', '上一张', '前の線画'],
  'k-arrows': ['Move the pointer on the drawing', '移动画布光标', '絵の上のポインターを動かす'],
  'k-enter': ['Use the tool there', '在光标处使用工具', 'そこでツールを使う'],
  'k-wheel': ['Mouse wheel: zoom. Middle button: move; with Shift: turn', '滚轮：缩放。中键：移动；加 Shift：旋转', 'ホイール：拡大。中ボタン：移動、Shiftで回転'],
  'k-shift': ['Shift while painting: straight line', '绘画时按 Shift：直线', '描画中にShift：直線'],
  'k-alt': ['Alt: eyedropper', 'Alt：吸管', 'Alt：スポイト'],
  'k-touch': ['One finger paints; two fingers move, zoom and turn', '单指绘画；双指移动、缩放、旋转', '1本指で描画、2本指で移動・拡大・回転'],
  'k-tap': ['Tap with two fingers: undo; with three: redo', '双指轻点撤销，三指轻点重做', '2本指タップで元に戻す、3本指でやり直す'],
};

let language = 'en';

/** The language of the page now. */
export const languageNow = () => language;

/**
 * Takes the language for a choice of 'auto', 'en', 'zh' or 'ja'.
 * @param {string} choice
 */
export function chooseLanguage(choice) {
  const wished = choice === 'auto' ? navigator.languages ?? [navigator.language] : [choice];
  language = wished.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => LANGUAGES.includes(tag)) ?? 'en';
  document.documentElement.lang = language === 'zh' ? 'zh-Hans' : language;
}

/**
 * The words for a key in the person's language.
 * @param {string} key
 * @param {Record<string, string | number>} values
 */
export function t(key, values = {}) {
  const words = WORDS[key]?.[LANGUAGES.indexOf(language)] ?? key;
  return words.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''));
}

/**
 * Puts words where the page asks for them: data-t for texts, data-label for names with the key of the work that data-key names.
 * @param {ParentNode} root
 */
export function placeWords(root = document) {
  for (const place of elements(root, '[data-t]')) place.textContent = t(place.dataset.t ?? '');
  for (const place of elements(root, '[data-label]')) label(place, t(place.dataset.label ?? ''), place.dataset.key);
}

/**
 * Names an element for screen readers and in its tip, with the key of the work that it does.
 * @param {HTMLElement} place
 * @param {string} words
 */
export function label(place, words, work = '') {
  place.setAttribute('aria-label', words);
  const [chord] = keysOf(work);
  if (chord) place.setAttribute('aria-keyshortcuts', chord.replace('Ctrl', 'Control'));
  else place.removeAttribute('aria-keyshortcuts');
  if (place.matches('button, [role=slider]')) place.title = chord ? `${words} (${shown(chord)})` : words;
}
