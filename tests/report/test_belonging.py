"""Which component a value belongs to: its own place before the ports that lie on it, those before the function around it."""

from threatline.report.belonging import Belonging
from threatline.system.model import Component, Port, SystemMap, Value

AGENT, PLACE, CALL, INSIDE = (Value("app.py", "", 1), Value("app.py", "chat", 2), Value("app.py", "chat", 3), Value("app.py", "run", 9))
SYSTEM = SystemMap(
    components=(
        Component("agent:a#1", "agent", "a", AGENT, "application"),
        Component("tool:run#2", "function-tool", "run", Value("app.py", "run", -1), "application", handlers=(("app.py", "run"),)),
    ),
    ports=(
        Port("endpoint.request", "endpoint:chat#3", PLACE, CALL),
        Port("agent.input", "agent:a#1", Value("app.py", "run", 4), AGENT),
        Port("model.prompt", "llm:m#4", CALL, AGENT),
    ),
)


def test_the_place_where_a_component_is_made_is_its_own():
    assert Belonging(SYSTEM).component(AGENT) == "agent:a#1"


def test_a_port_tells_whose_value_it_is():
    assert Belonging(SYSTEM).component(PLACE) == "endpoint:chat#3"
    assert Belonging(SYSTEM).component(CALL) == "llm:m#4"


def test_other_values_belong_to_the_handler_around_them():
    assert Belonging(SYSTEM).component(INSIDE) == "tool:run#2"
    assert Belonging(SYSTEM).component(Value("app.py", "run", 4)) == "agent:a#1"


def test_a_value_of_no_component_belongs_to_none():
    assert Belonging(SYSTEM).component(Value("other.py", "", 0)) is None
