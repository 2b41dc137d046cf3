"""The JSON schema of a recipe: every field has a meaning, and every number and list has bounds."""

from vaeflow.pipeline.config import PipelineConfig

SCHEMA = PipelineConfig.model_json_schema()
SECTIONS = {"recipe": SCHEMA, **SCHEMA["$defs"]}


def types(schema):
    """All types in the schema of a field: also of alternatives, of items of lists, and of values of mappings."""
    yield schema
    inner = [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("prefixItems", ())]
    inner += [schema[key] for key in ("items", "additionalProperties") if isinstance(schema.get(key), dict)]
    for part in inner:
        yield from types(part)


FIELDS = {
    f"{section}.{field}": schema
    for section, contents in SECTIONS.items()
    for field, schema in contents["properties"].items()
}


def test_every_field_has_a_meaning():
    assert [name for name, schema in FIELDS.items() if not schema.get("description")] == []
    assert [name for name, section in SECTIONS.items() if not section.get("description")] == []


def test_every_number_has_bounds_and_every_list_a_length():
    def unbounded(schema):
        match schema.get("type"):
            case "integer" | "number":
                return not (
                    schema.keys() & {"minimum", "exclusiveMinimum"} and schema.keys() & {"maximum", "exclusiveMaximum"}
                )
            case "array":
                return "maxItems" not in schema
            case _:
                return False

    assert [name for name, schema in FIELDS.items() for part in types(schema) if unbounded(part)] == []
