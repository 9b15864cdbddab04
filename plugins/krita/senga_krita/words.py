"""What the plugin says, in English, Chinese and Japanese. `say("color")` answers in the language that is set."""

from __future__ import annotations

import os

LANGUAGES = ("en", "zh", "ja")

WORDS = {
    # name: (English, Chinese, Japanese)
    "color": ("Color", "上色", "着彩"),
    "flats": ("Flats", "平涂", "下塗り"),
    "ideas": ("Ideas", "方案", "配色案"),
    "clean": ("Clean", "清理线稿", "線画を整える"),
    "from picture": ("Lines from picture", "从图片提取线稿", "画像から線画"),
    "live": ("Live", "实时", "ライブ"),
    "color tip": (
        "Color the line layer, in layers under it. Asked again, it replaces its own answer.",
        "为线稿图层上色,结果放在其下方的图层中。再次执行会替换上次的结果。",
        "線画レイヤーの下に、レイヤー分けして着彩します。もう一度押すと前の結果と入れ替わります。",
    ),
    "flats tip": ("One even color for each region.", "每个区域一种均匀的颜色。", "領域ごとに一色で塗ります。"),
    "ideas tip": ("Several colorings to choose from.", "生成多个上色方案供选择。", "複数の配色案から選べます。"),
    "clean tip": (
        "Clean lines of the active layer, a scan or photo, on a new layer.",
        "把当前图层(扫描或照片)整理成干净的线稿,放在新图层。",
        "アクティブレイヤー(スキャンや写真)の線を整え、新しいレイヤーに置きます。",
    ),
    "from picture tip": (
        "LineError art of the active layer, a colored picture, on a new layer.",
        "从当前图层(彩色图片)提取线稿,放在新图层。",
        "アクティブレイヤー(色のついた絵)から線画を起こし、新しいレイヤーに置きます。",
    ),
    "live tip": (
        "Color again a moment after each stroke on a hint layer. Takes no undo steps of its own.",
        "在提示图层上每画一笔后自动重新上色,不占用撤销步骤。",
        "ヒントレイヤーに描くたびに塗り直します。取り消し履歴は増えません。",
    ),
    "lines layer": ("Lines", "线稿", "線画"),
    "hint layers": ("Hints", "提示", "ヒント"),
    "found": ("Found: {name}", "自动:{name}", "自動:{name}"),
    "found none": ("Choose the line layer", "请选择线稿图层", "線画レイヤーを選択"),
    "new hints": ("New hint layer", "新建提示图层", "ヒントレイヤーを追加"),
    "hints name": ("hints", "提示", "ヒント"),
    "lines name": ("lines", "线稿", "線画"),
    "again": ("Look at the layers again", "重新查看图层", "レイヤーを読み直す"),
    "palette": ("Palette", "色板", "パレット"),
    "reference": ("Reference", "参考", "参考"),
    "none": ("None", "无", "なし"),
    "file": ("Picture file…", "图片文件…", "画像ファイル…"),
    "layer": ("Layer: {name}", "图层:{name}", "レイヤー:{name}"),
    "settings": ("Settings", "设置", "設定"),
    "cancel": ("Cancel", "取消", "中止"),
    "ready": ("Ready.", "就绪。", "準備完了。"),
    "starting": ("Starting senga…", "正在启动 senga…", "senga を起動しています…"),
    "working": ("Coloring…", "正在上色…", "着彩しています…"),
    "done": ("Done in {seconds} s.", "完成,用时 {seconds} 秒。", "{seconds} 秒で完了。"),
    "cancelled": ("Cancelled.", "已取消。", "中止しました。"),
    "choose idea": ("Click the one to lay.", "点击想要的方案。", "使う案をクリックしてください。"),
    "set up": ("Set up senga", "安装 senga", "senga をセットアップ"),
    "setting up": ("Setting up senga: {step}", "正在安装 senga:{step}", "senga をセットアップ中:{step}"),
    "set up done": ("senga is set up.", "senga 已安装完成。", "セットアップが完了しました。"),
    # Refusals and notes, one line each.
    "no document": ("Open a document first.", "请先打开一个文档。", "まずドキュメントを開いてください。"),
    "no lines": (
        "No line layer found: choose one above.",
        "没有找到线稿图层,请在上方选择。",
        "線画レイヤーが見つかりません。上で選んでください。",
    ),
    "no layer": ("Make a layer active first.", "请先选中一个图层。", "まずレイヤーを選択してください。"),
    "empty lines": (
        "The layer '{name}' is empty here.",
        "图层“{name}”是空的。",
        "レイヤー「{name}」は空です。",
    ),
    "too large": (
        "{width} x {height} px is more than {most} megapixels: color a smaller copy (Image > Scale Image).",
        "{width} x {height} 像素超过 {most} 百万像素,请先缩小副本(图像 > 缩放图像)。",
        "{width} x {height} px は {most} メガピクセルを超えます。縮小した複製で着彩してください。",
    ),
    "too long": (
        "{width} x {height} px is more than 256 times as long as wide: crop it first.",
        "{width} x {height} 像素的长宽比超过 256,请先裁剪。",
        "{width} x {height} px は縦横比が 256 倍を超えます。先に切り抜いてください。",
    ),
    "no colors": (
        "This document has no colors ({model}): convert it to RGB first.",
        "此文档没有彩色({model}),请先转换为 RGB。",
        "このドキュメントは色を持ちません({model})。先に RGB に変換してください。",
    ),
    "convert": ("Convert to RGB", "转换为 RGB", "RGB に変換"),
    "one frame": (
        "Frame {frame} was colored; the layers stand still.",
        "只对第 {frame} 帧上色,结果图层不随动画变化。",
        "フレーム {frame} だけを着彩しました。結果は静止レイヤーです。",
    ),
    "opaque lines": (
        "The line layer has its paper in it: the colors lie above it, multiplied.",
        "线稿图层带有纸面,颜色以“正片叠底”放在其上方。",
        "線画レイヤーに紙の白が含まれるため、着彩は上に乗算で置きました。",
    ),
    "hints full": (
        "The hint layers have no transparent place: paint hints on an empty layer.",
        "提示图层没有透明处,请在空白图层上画提示。",
        "ヒントレイヤーに透明な所がありません。空のレイヤーに描いてください。",
    ),
    "changed size": (
        "The document changed its size meanwhile: ask again.",
        "文档尺寸已改变,请重新执行。",
        "途中でサイズが変わりました。もう一度実行してください。",
    ),
    "gone document": ("The document was closed meanwhile.", "文档已关闭。", "ドキュメントが閉じられました。"),
    "gone lines": (
        "The line layer is gone: choose another.",
        "线稿图层已不存在,请重新选择。",
        "線画レイヤーがありません。",
    ),
    "painted over": (
        "You painted on the answer: live stopped. Color replaces it, undo brings it back.",
        "你修改了结果图层,实时已停止。点“上色”会替换它,可撤销恢复。",
        "結果のレイヤーに加筆があるためライブを止めました。「着彩」で入れ替わり、取り消しで戻せます。",
    ),
    "live needs hints": (
        "Live: paint on a hint layer.",
        "实时:请在提示图层上绘画。",
        "ライブ:ヒントレイヤーに描いてください。",
    ),
    "bad file": ("Not a picture: {name}", "不是图片:{name}", "画像ではありません:{name}"),
    "not found": (
        "senga is not installed: press 'Set up senga', or run 'senga krita install' where it is.",
        "未找到 senga:请点“安装 senga”,或在已安装的环境运行 senga krita install。",
        "senga が見つかりません。「senga をセットアップ」を押すか、senga krita install を実行してください。",
    ),
    "no wheel": (
        "No senga-*.whl beside the plugin ({folder}): put one there, or run 'senga krita install'.",
        "插件旁没有 senga-*.whl({folder}),请放入一个,或运行 senga krita install。",
        "プラグインの隣({folder})に senga-*.whl がありません。置くか、senga krita install を実行してください。",
    ),
    "no python": (
        "No Python of 3.11 or later found: install one (python.org), then press again.",
        "没有找到 Python 3.11 或更高版本,请安装(python.org)后重试。",
        "Python 3.11 以上が見つかりません。python.org から入れて、もう一度押してください。",
    ),
    "no venv": (
        "{python} cannot make an environment: install its 'venv' package (Debian: apt install python3-venv).",
        "{python} 无法创建环境,请安装 venv(Debian:apt install python3-venv)。",
        "{python} は環境を作れません。venv を入れてください(Debian:apt install python3-venv)。",
    ),
    "no install": ("senga could not be installed: {why}", "senga 安装失败:{why}", "senga を入れられません:{why}"),
    "no start": ("senga did not start: {why}", "senga 未能启动:{why}", "senga が起動しません:{why}"),
    "server gone": (
        "senga ended while it worked; nothing in the document changed. Ask again.",
        "senga 意外结束,文档未改变,请重试。",
        "senga が途中で終了しました。ドキュメントは変わっていません。もう一度実行してください。",
    ),
    "no client": (
        "The plugin is not whole (client.py): run 'senga krita install' again.",
        "插件不完整(client.py),请重新运行 senga krita install。",
        "プラグインが不完全です(client.py)。senga krita install をもう一度実行してください。",
    ),
    # Settings page.
    "language": ("Language", "语言", "言語"),
    "as krita": ("As Krita", "跟随 Krita", "Krita に合わせる"),
    "python": ("Python with senga", "装有 senga 的 Python", "senga の入った Python"),
    "python auto": ("found by itself", "自动查找", "自動で探す"),
    "light": ("Light and shade", "光影强度", "光と影の強さ"),
    "reach": ("A hint reaches", "提示的范围", "ヒントの届く範囲"),
    "region": ("its region", "所在区域", "その領域"),
    "object": ("its object", "所属物体", "その物"),
    "far": ("everything alike", "所有相似处", "似た所すべて"),
    "gap": ("Gaps that are closed", "闭合缺口", "隙間を閉じる"),
    "faintest": ("Faintest stroke that counts", "最淡的有效笔触", "有効な最も薄い線"),
    "delay": ("Live: wait after a stroke", "实时:笔触后等待", "ライブ:描いた後の待ち"),
    "count": ("Ideas at a time", "方案数量", "配色案の数"),
    "reference strength": ("Strength of the reference", "参考强度", "参考の強さ"),
    "runs": ("Uses {python}", "使用 {python}", "{python} を使います"),
    "keys": (
        "Keys: Settings > Configure Krita > Keyboard Shortcuts > Scripts.",
        "快捷键:设置 > 配置 Krita > 键盘快捷键 > 脚本。",
        "キー:設定 > Krita を設定 > ショートカット > スクリプト。",
    ),
}

_chosen = [""]


def set_language(name: str) -> None:
    """Chooses a language, "en", "zh" or "ja"; "" is that of the desktop."""
    _chosen[0] = name if name in LANGUAGES else ""


def language() -> str:
    """The language that is spoken."""
    if _chosen[0]:
        return _chosen[0]
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        told = os.environ.get(name, "").lower()[:2]
        if told:
            return told if told in LANGUAGES else "en"
    return "en"


def say(name: str, /, **parts: object) -> str:
    """A text in the language that is spoken; `parts` go into its braces."""
    return WORDS[name][LANGUAGES.index(language())].format(**parts)


class LineError(Exception):
    """One line that a person reads: a text's name and its parts. Raised where it ends what was asked."""

    def __init__(self, name: str, /, **parts: object) -> None:
        super().__init__(name)
        self.name = name
        self.parts = parts

    def __str__(self) -> str:
        return say(self.name, **self.parts)
