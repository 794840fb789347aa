"""A feed small enough to think through: one line east and back, buses every 20 minutes, in Hanoi."""

from pathlib import Path

LON, LAT = 105.80, 21.00
STEP = 0.005  # about 519 m
ZERO_MS = 1_763_830_800_000  # 2025-11-23T00:00+07:00, a Sunday
DATE = "20251123"


def clock(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def write_feed(folder: Path, *, count: int = 8, link_s: int = 120, shapes: bool = True, **replaced: str) -> Path:
    """Write a feed; ``replaced`` names a file (without ``.txt``) and its whole text, empty to leave it out."""
    files = {
        "agency": "agency_id,agency_name,agency_url,agency_timezone\n1,Bus,http://x,Asia/Ho_Chi_Minh\n",
        "calendar": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "D,1,1,1,1,1,1,1,20250101,20251231\n",
        "routes": "route_id,route_short_name,route_long_name,route_type\nR1,01,Đông – Tây,3\n",
        "stops": "stop_id,stop_name,stop_lat,stop_lon\n"
        + "".join(f"S{i},Bến {i},{LAT},{LON + i * STEP:.6f}\n" for i in range(count)),
    }
    trips = ["trip_id,route_id,service_id,direction_id,block_id,shape_id\n"]
    times = ["trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"]
    for direction in (0, 1):
        for n in range(30):
            trip, start = f"T{direction}-{n}", 6 * 3600 + n * 1200 + direction * 1140
            trips.append(f"{trip},R1,D,{direction},B{n}{'' if n else 'x'},{'' if not shapes else f'H{direction}'}\n")
            order = range(count) if direction == 0 else range(count - 1, -1, -1)
            for i, stop in enumerate(order):
                at = clock(start + i * link_s)
                times.append(f"{trip},{at},{at},S{stop},{i + 1}\n")
    files |= {"trips": "".join(trips), "stop_times": "".join(times)}
    if shapes:
        points = [(LAT, LON + i * STEP / 4) for i in range(4 * (count - 1) + 1)]
        rows = [f"H0,{lat},{lon:.6f},{i}\n" for i, (lat, lon) in enumerate(points)]
        rows += [f"H1,{lat},{lon:.6f},{i}\n" for i, (lat, lon) in enumerate(reversed(points))]
        files["shapes"] = "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n" + "".join(rows)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in (files | replaced).items():
        if text:
            (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder
