"""What the import law of pyproject.toml cannot say: module by module, nothing imports what imports it."""

from graphlib import CycleError, TopologicalSorter

import grimp
import pytest


def test_no_module_imports_in_a_circle_not_even_late_or_for_its_types() -> None:
    graph = grimp.build_graph("senga", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert imports["senga.color.render"] >= {"senga.color.reading"}
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        pytest.fail("a circle: " + " -> ".join(reversed(error.args[1])))
