"""Why a prediction says what it says, in one sentence."""

from schemas.text import Text

ON_TIME_S = 60.0


def reason_of(delay_s: float, *, waiting: bool, next_trip: bool, fix_age_s: float, learnt_share: float) -> Text:
    """Return the reason of a trip's predictions.

    Parameters
    ----------
    delay_s : float
        Positive is late.
    waiting : bool
        Whether the bus has not left its first stop.
    next_trip : bool
        Whether the bus still runs the trip before.
    fix_age_s : float
        Age of the report it rests on.
    learnt_share : float
        Running times of today over the planned ones, on the way ahead.

    Returns
    -------
    Text
        Vietnamese and English.
    """
    minutes = round(abs(delay_s) / 60.0)
    if next_trip:
        vi, en = "Xe đang chạy chuyến trước", "The bus still runs the trip before"
    elif waiting:
        vi, en = "Xe đang chờ ở bến đầu", "The bus waits at its first stop"
    else:
        vi, en = "Theo vị trí GPS của xe", "From the bus's GPS position"
    if minutes and abs(delay_s) >= ON_TIME_S:
        vi += f", {'trễ' if delay_s > 0 else 'sớm'} {minutes} phút"
        en += f", {minutes} min {'late' if delay_s > 0 else 'early'}"
    else:
        vi, en = vi + ", đúng giờ", en + ", on time"
    percent = round((learnt_share - 1.0) * 100.0)
    if abs(percent) >= 10:
        vi += f"; hôm nay đường phía trước {'chậm' if percent > 0 else 'nhanh'} hơn lịch {abs(percent)} %"
        en += f"; today the way ahead takes {abs(percent)} % {'more' if percent > 0 else 'less'} than planned"
    if fix_age_s >= 90.0:
        vi += f"; tin cũ {round(fix_age_s / 60)} phút"
        en += f"; the report is {round(fix_age_s / 60)} min old"
    return Text(vi=vi + ".", en=en + ".")
