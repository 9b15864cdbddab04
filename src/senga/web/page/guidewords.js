// Words of the guide, as in `words.js`.

/** @type {Record<string, [string, string, string]>} */
export const GUIDE = {
  'guide': ['Guide', '使用指南', 'ガイド'],
  'g-paint': ['Hints', '提示', 'ヒント'],
  'g-hints': [
    'Lay a color with a short stroke or a dot: its region takes exactly that color, and what belongs to it follows. The latest mark wins.',
    '用短笔触或色点放上颜色：所在区域会严格采用该颜色，相关部分随之变化。后画的提示优先。',
    '短い線や点で色を置くと、その領域は正確にその色になり、つながる部分も従います。重なれば後のものが優先です。'],
  'g-reach': ['How far a hint reaches', '提示的范围', 'ヒントの届く範囲'],
  'g-reach-how': [
    'The lower slider beside the drawing, for the next hints: their region, the object (all of the hair), or far. Of a selected hint it stands above the drawing.',
    '画布旁下方的滑块，用于之后的提示：仅该区域、整个物体（如全部头发）或全图。选中的提示在画布上方设置。',
    '絵の横の下のスライダーで、次に置くヒントの範囲を選びます：領域、物（髪全体など）、遠くまで。選択したヒントの範囲は絵の上で変えます。'],
  'g-fill': [
    'Shows the area before you pour. “Close gaps” says how boldly open lines are closed. A fill never takes a region that has a hint of its own.',
    '填充前会预览区域。“封闭缺口”决定开口线条封闭的程度。填充不会占用已有提示的区域。',
    '塗る前に範囲が見えます。「隙間を閉じる」で、開いた線をどこまで閉じるか決めます。ヒントのある領域には入りません。'],
  'g-select': [
    'Tap a hint: drag it, widen it by its handle, give it another color or reach, or delete it.',
    '点选提示后可拖动、用手柄调整粗细、更换颜色或范围，或将其删除。',
    'ヒントをタップして、動かす・ハンドルで太さを変える・色や範囲を変える・削除ができます。'],
  'g-recolor': [
    'Tap the result: everything of that color, or that region alone, takes the color you paint with. Nothing else changes.',
    '点按结果：所有该颜色或仅该区域会换成当前颜色，其他不变。',
    '結果をタップすると、その色すべて、またはその領域だけが描画色になります。他は変わりません。'],
  'g-lock': [
    'Tap a finished region: whatever you do later leaves it as it is. Tap again to unlock it.',
    '点选完成的区域，之后的操作都不会改变它。再次点按即可解锁。',
    '仕上がった領域をタップすると、後で何をしてもそのままです。もう一度タップで解除します。'],
  'g-lasso': [
    'Draw around a part: only inside it anything changes, until you clear it.',
    '圈出一部分：在取消之前只有内部会改变。',
    '囲んだ内側だけが変わります。解除するまで続きます。'],
  'g-modes': ['Painted, flat, colored lines', '绘画、平涂、彩色线条', 'ペイント・フラット・色トレス'],
  'g-modes-how': [
    '“Flat” gives one color to each area. “Colored lines” tints your lines like what they outline; their shape never changes.',
    '“平涂”为每个区域上一种颜色。“彩色线条”让线条带上所勾勒物体的颜色，形状不变。',
    '「フラット」は領域ごとに1色。「色トレス」は線に周りの色を付けます。線の形は変わりません。'],
  'g-light': [
    'Strength and softness of light and of shade, the side that light comes from, and a tint that shade leans to. PSD and ORA layers have the same.',
    '光与影的强度和柔和度、光源方向，以及阴影偏向的色调。PSD、ORA 图层与此一致。',
    '光と影それぞれの強さと柔らかさ、光の向き、影の色味を決めます。PSD・ORAのレイヤーも同じになります。'],
  'g-ideas': [
    'Eight other ways to color what has no hint. Click one to take it over, mark it with a star to keep it, show them large; ask again for others.',
    '为没有提示的部分给出八种配色。点击采用，星标保留，可放大查看，也可再换一批。',
    'ヒントのない所の塗り方を8通り出します。クリックで採用、★で残し、大きく見たり、別の案を出したりできます。'],
  'g-versions': [
    'Keep the present result under a name, go back to it in one step, and compare two: under a divider or side by side. Projects hold them.',
    '将当前结果命名保存，一步即可返回，也可用分割线或并排比较两个版本。项目文件会包含它们。',
    '今の結果に名前を付けて残し、いつでも一手で戻せます。2つを境界線や横並びで比べられます。プロジェクトにも入ります。'],
  'g-colors': ['Palette, reference, characters', '调色板、参考图、角色', 'パレット・参照・キャラクター'],
  'g-colors-how': [
    'Color with the colors of a palette, or borrow those of a picture. A character file keeps one character’s colors over many drawings. All of it goes together with hints.',
    '用调色板的颜色上色，或借用图片的配色。角色文件让同一角色在多张画稿中保持配色。均可与提示同时使用。',
    'パレットの色で塗る、画像の配色を借りる、キャラクターファイルで何枚も同じ色にする。どれもヒントと一緒に使えます。'],
  'g-prepare': [
    'Of a photo or scan, of white lines on black, of a colored picture. That picture can keep its colors where no hint changes them.',
    '适用于照片、扫描件、黑底白线或彩色图片。彩色图片可在没有提示处保留原色。',
    '写真やスキャン、黒地に白い線、彩色済みの画像から線画を作ります。彩色画像はヒントのない所の色を残せます。'],
  'g-layer': [
    'Of a PSD, PSB, ORA or KRA file the layer named like line art is taken. Choose another one under “Coloring”.',
    'PSD、PSB、ORA、KRA 文件会采用名称像线稿的图层，可在“上色”中另选。',
    'PSD・PSB・ORA・KRAでは線画らしい名前のレイヤーを使います。「彩色」で別のレイヤーを選べます。'],
  'g-export': [
    'PSD and ORA hold lines, shade, flats and hints as layers; a switch gives each region a layer of its own, grouped by color. “Color layer only” is the color without lines, smooth at its borders; “Transparent background” leaves blank paper out.',
    'PSD、ORA 含线稿、阴影、平涂与提示图层；可设为每个区域一个图层，按颜色编组。“仅颜色图层”不含线条且边缘平滑；“透明背景”去掉空白纸面。',
    'PSD・ORAには線・影・下塗り・ヒントがレイヤーで入ります。領域ごとのレイヤー（色でグループ化）にもできます。「色レイヤーのみ」は線なしで境目も滑らか、「背景を透明に」は白い紙を抜きます。'],
  'g-keep': ['Where drawings are kept', '画稿保存在哪里', '線画の保存場所'],
  'g-keep-how': [
    'In this browser, also closed ones for a while (“Recent drawings”). A senga project is one file with everything in it; a dot on the tab marks what no project file holds.',
    '保存在此浏览器中，关闭的画稿也会保留一段时间（“最近的画稿”）。senga 项目文件包含全部内容；标签上的圆点表示尚未存入项目文件。',
    'このブラウザーの中です。閉じた線画もしばらく残ります（「最近の線画」）。sengaプロジェクトはすべてが入った1つのファイル。タブの点は、まだプロジェクトに保存していない変更の印です。'],
};
