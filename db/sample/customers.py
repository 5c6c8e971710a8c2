"""The customers of the sample shop. The numbers are of the range kept for fiction."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Customer:
    """A row of ``customers``, in California."""

    first_name: str
    last_name: str
    phone: str
    address: str
    city: str
    zip: str
    notes: str | None = None
    moved_away: bool = False  # deactivated since

    @property
    def email(self) -> str:
        """Return the address, made from the name."""
        return f"{self.first_name}.{self.last_name}@example.com".lower().replace("'", "")


CUSTOMERS: Final = (
    Customer("Margaret", "Chen", "(510) 555-0101", "2214 Grove Street", "Oakland", "94612"),
    Customer("James", "Walker", "(510) 555-0102", "87 Telegraph Avenue", "Oakland", "94609"),
    Customer("Elena", "Petrova", "(510) 555-0103", "1430 Alcatraz Avenue", "Berkeley", "94702"),
    Customer("Darnell", "Brooks", "(510) 555-0104", "655 International Boulevard", "Oakland", "94606"),
    Customer("Sofia", "Ramirez", "(510) 555-0105", "3301 Fruitvale Avenue", "Oakland", "94602", "Prefers Spanish."),
    Customer("Howard", "Lindqvist", "(925) 555-0106", "12 Orchard Court", "Walnut Creek", "94596"),
    Customer("Priya", "Nair", "(510) 555-0107", "908 Solano Avenue", "Albany", "94706"),
    Customer("Tyrone", "Jackson", "(510) 555-0108", "4410 Market Street", "Oakland", "94608"),
    Customer("Kathleen", "O'Brien", "(415) 555-0109", "271 Noe Street", "San Francisco", "94114"),
    Customer("Wei", "Zhang", "(510) 555-0110", "722 Webster Street", "Oakland", "94607", "Dental office, 6 PCs."),
    Customer("Carlos", "Mendoza", "(510) 555-0111", "1919 Seminary Avenue", "Oakland", "94621"),
    Customer("Rachel", "Steinberg", "(510) 555-0112", "36 Rose Street", "Berkeley", "94709"),
    Customer("Patrick", "Flanagan", "(510) 555-0113", "540 Grand Avenue", "Oakland", "94610"),
    Customer("Aisha", "Mohamed", "(510) 555-0114", "2830 San Pablo Avenue", "Berkeley", "94702"),
    Customer("Gregory", "Hall", "(925) 555-0115", "77 Diablo View Road", "Orinda", "94563"),
    Customer(
        "Linh", "Tran", "(510) 555-0116", "1102 East 12th Street", "Oakland", "94606", "Nail salon; mornings only."
    ),
    Customer("Deborah", "Kim", "(510) 555-0117", "418 Santa Clara Avenue", "Alameda", "94501"),
    Customer("Marcus", "Greene", "(510) 555-0118", "3567 Lakeshore Avenue", "Oakland", "94610"),
    Customer("Yolanda", "Vasquez", "(510) 555-0119", "690 Hegenberger Road", "Oakland", "94621"),
    Customer("Peter", "Johansson", "(510) 555-0120", "15 Eucalyptus Path", "Berkeley", "94705"),
    Customer("Nadia", "Haddad", "(510) 555-0121", "2045 University Avenue", "Berkeley", "94704"),
    Customer("Raymond", "Costa", "(510) 555-0122", "1288 Park Street", "Alameda", "94501", "Hard of hearing: e-mail."),
    Customer("Jennifer", "Albright", "(415) 555-0123", "1650 Page Street", "San Francisco", "94117"),
    Customer("Samuel", "Adeyemi", "(510) 555-0124", "5120 Shattuck Avenue", "Oakland", "94609"),
    Customer("Olivia", "Barnes", "(925) 555-0125", "340 Moraga Way", "Moraga", "94556", "Student discount."),
    Customer("Hiroshi", "Tanaka", "(510) 555-0126", "829 Central Avenue", "Alameda", "94501"),
    Customer("Beverly", "Washington", "(510) 555-0127", "7210 MacArthur Boulevard", "Oakland", "94605"),
    Customer("Frank", "DeLuca", "(510) 555-0128", "203 Piedmont Avenue", "Oakland", "94611", "Law office, 4 PCs."),
    Customer("Monica", "Silva", "(510) 555-0129", "1471 Foothill Boulevard", "San Leandro", "94577"),
    Customer("Theodore", "Banks", "(510) 555-0130", "66 Estates Drive", "Piedmont", "94611"),
    Customer("Grace", "Sullivan", "(510) 555-0131", "2709 College Avenue", "Berkeley", "94705"),
    Customer("Victor", "Morales", "(510) 555-0132", "955 Davis Street", "San Leandro", "94577"),
    Customer("Hannah", "Weiss", "(415) 555-0133", "48 Guerrero Street", "San Francisco", "94103"),
    Customer("Jerome", "Porter", "(510) 555-0134", "3180 Adeline Street", "Oakland", "94608"),
    Customer("Alice", "Fong", "(510) 555-0135", "318 Harrison Street", "Oakland", "94607"),
    Customer("Douglas", "Pruitt", "(925) 555-0136", "2200 Ygnacio Valley Road", "Walnut Creek", "94598"),
    Customer("Carmen", "Ibarra", "(510) 555-0137", "4015 High Street", "Oakland", "94619"),
    Customer("Nathan", "Whitfield", "(510) 555-0138", "1706 Bonita Avenue", "Berkeley", "94709"),
    Customer("Irene", "Kowalski", "(510) 555-0139", "512 Broadway", "Alameda", "94501"),
    Customer("Leonard", "Marsh", "(510) 555-0140", "88 Jackson Street", "Oakland", "94607", None, moved_away=True),
)
