"""A small run of SUMO by hand: one street of three edges, a bus and a car on it."""

from pathlib import Path

NET = """<net version="1.20">
 <location netOffset="-683542.41,-4928877.56" convBoundary="0,0,1,1" origBoundary="0,0,1,1"
  projParameter="+proj=utm +zone=32 +ellps=WGS84 +datum=WGS84 +units=m +no_defs"/>
 <edge id=":b_0" function="internal"><lane id=":b_0_0" index="0" speed="13.89" length="1" shape="399,0 401,0"/></edge>
 <edge id="one" from="a" to="b"><lane id="one_0" index="0" speed="13.89" length="400" shape="0,0 400,0"/></edge>
 <edge id="two" from="b" to="c"><lane id="two_0" index="0" speed="13.89" length="400" shape="400,0 800,0"/>
  <lane id="two_1" index="1" allow="bus" speed="13.89" length="400" shape="400,3 800,3"/></edge>
 <edge id="three" from="c" to="d"><lane id="three_0" index="0" speed="8.33" length="400" shape="800,0 1200,0"/></edge>
 <edge id="steps" from="c" to="d"><lane id="steps_0" index="0" allow="pedestrian" speed="1" length="4" shape="0,0 4,0"/>
 </edge>
 <junction id="b" type="traffic_light" x="400" y="0"/>
 <junction id="c" type="priority" x="800" y="0"/>
</net>"""


def write_run(folder: Path, bus_mps: float = 8.0, car_mps: float = 12.0) -> tuple[Path, Path, Path]:
    """Write net, floating-car data and edge data of 600 s; vehicles begin every 100 s and drive at one speed."""
    steps = []
    for second in range(0, 600, 5):
        cars = []
        for kind, speed in (("bus", bus_mps), ("passenger1", car_mps)):
            for start in range(0, 600, 100):
                metres = (second - start) * speed
                if 0 <= metres < 1200:
                    edge = ("one", "two", "three")[int(metres // 400)]
                    cars.append(
                        f'<vehicle id="{kind}{start}" x="{metres:.2f}" y="0" angle="90.00" type="{kind}"'
                        f' speed="{speed}" pos="0" lane="{edge}_0"/>'
                    )
        steps.append(f'<timestep time="{second}.00">{"".join(cars)}</timestep>')
    mean = 2 / (1 / bus_mps + 1 / car_mps)
    edges = "".join(
        f'<edge id="{name}" sampledSeconds="200.00" speed="{mean}"/>' for name in ("one", "two", "three", ":b_0")
    )
    seldom = '<edge id="steps" sampledSeconds="3.00" speed="1.0"/>'
    intervals = "".join(f'<interval begin="{b}" end="{b + 300}" id="all">{edges}{seldom}</interval>' for b in (0, 300))
    net, fcd, data = folder / "a.net.xml", folder / "fcd.xml", folder / "edges.xml"
    net.write_text(NET, encoding="utf-8")
    fcd.write_text(f"<fcd-export>{''.join(steps)}</fcd-export>", encoding="utf-8")
    data.write_text(f"<meandata>{intervals}</meandata>", encoding="utf-8")
    return net, fcd, data
