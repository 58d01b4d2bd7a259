"""What one picture is of, and the colours of all."""

from dataclasses import dataclass

from geopandas import GeoDataFrame

from geoplan.maps.answer import Answer, counted, share
from geoplan.maps.pictures.lettering import Lettering
from geoplan.model import Circle, Coverage
from geoplan.wording import say

PAPER = (297 / 25.4, 210 / 25.4)  #: A4 landscape, inches
INK, INK3 = "#1B1F24", "#646B73"
BLUE, ALARM, STAMP = "#0B4F8A", "#7A2408", "#9B1C1C"
#: Least per cent of a class of shares and its colour, and the colour of the rest.
CLASSES = ((100, "#FFFFFF"), (90, "#FBEACD"), (70, "#F4CE98"), (50, "#E5A45E"))
WORST = "#CF7D3C"


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheet:
    """What one picture is of."""

    coverage: Coverage
    circle: Circle
    number: int
    answer: Answer
    letters: Lettering
    lang: str

    def say(self, key: str, **facts: object) -> str:
        """Return one of the page's texts."""
        return self.letters.plain(say(f"page.{key}", lang=self.lang, **facts))

    @property
    def square(self) -> bool:
        """Return whether the circle's stations are drawn as squares."""
        return self.circle.tier == "社区级"

    def asked(self) -> GeoDataFrame:
        """Return the stations of the circle's tier."""
        stations = self.coverage.stations
        return stations[stations["tier"] == self.circle.tier]

    def left(self) -> GeoDataFrame:
        """Return the unreached homes of the circle."""
        return self.lived(self.coverage.unreached)

    def gaps(self) -> GeoDataFrame:
        """Return the gaps of the circle in which somebody lives."""
        return self.lived(self.coverage.gaps)

    def lived(self, frame: GeoDataFrame) -> GeoDataFrame:
        """Return the rows of the circle that count somebody."""
        here, what = frame[frame["circle"] == self.circle.name], counted(self.coverage)
        return here[here[what] > 0] if what in here else here

    def short(self) -> GeoDataFrame:
        """Return the grids with homes out of reach, worst first: whole, out, share."""
        grids, what = self.coverage.grids, counted(self.coverage)
        whole = grids[what].fillna(0)
        part = grids[f"{what}_any_{self.number}"].fillna(0)
        table = grids.assign(whole=whole, out=whole - part)[part < whole]
        table["share"] = [
            share(int(whole[code] - out), int(whole[code]))
            .partition(".")[0]
            .rstrip("%")
            + "%"
            for code, out in table["out"].items()
        ]
        return table.sort_values("out", ascending=False, kind="stable")
