"""A little feed by hand, and ways to spoil it."""

import zipfile
from pathlib import Path

FEED = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\n1,Buýt,https://example.org,Asia/Ho_Chi_Minh\n",
    "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
    "D,1,1,1,1,1,1,1,20250101,20251231\n",
    "routes.txt": "route_id,agency_id,route_short_name,route_long_name,route_type\n"
    "7_1,1,7,Route_7_1,3\n7_2,1,7,Route_7_2,3\n",
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon\n"
    "A,STOP_7_S1,21.000000,105.800000\nB,STOP_7_S2,21.000000,105.810000\n"
    "C,Bến Phố Huế (Bến xe Mẫu),21.000000,105.820000\n",
    "trips.txt": "route_id,service_id,trip_id,direction_id\n7_1,D,t1,0\n7_1,D,t2,0\n7_2,D,u1,1\n",
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "t1,07:00:00,07:00:00,A,1\nt1,07:03:00,07:03:00,B,2\nt1,07:06:00,07:06:00,C,3\n"
    "t2,23:58:00,23:58:00,A,1\nt2,24:01:00,24:01:00,B,2\nt2,24:04:00,24:04:00,C,3\n"
    "u1,08:00:00,08:00:00,C,1\nu1,08:03:00,08:03:00,B,2\nu1,08:06:00,08:06:00,A,3\n",
}


def write_feed(path: Path, changes: dict[str, str | None] | None = None, *, inside: str = "") -> Path:
    """Write the little feed; ``None`` leaves a file out."""
    with zipfile.ZipFile(path, "w") as feed:
        for name, text in (FEED | (changes or {})).items():
            if text is not None:
                feed.writestr(inside + name, text)
    return path
