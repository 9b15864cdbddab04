"""senga in Krita: colors line art on layers of its own. The docker is `docker`; this registers it and its actions."""

try:
    import krita
except ImportError:  # the files are read by something that is not Krita, as tests are
    krita = None

if krita is not None and getattr(krita, "DockWidgetFactory", None) is not None:
    from .plugin import register

    register(krita)
