"""The invented vocabulary of synthetic summaries: fragments in four languages, and places."""

from collections.abc import Mapping
from typing import NamedTuple

COMMON_WORD = "Orinoco"
RARE_WORD = "Simorgh"


class Place(NamedTuple):
    """A place of the Americas; degrees."""

    name: str
    country: str
    lon: float
    lat: float


PLACES = (
    Place("Caracas", "VE", -66.90, 10.50),
    Place("Maracaibo", "VE", -71.61, 10.65),
    Place("Puerto Cabello", "VE", -68.01, 10.47),
    Place("Ciudad Guayana", "VE", -62.65, 8.35),
    Place("San Cristóbal", "VE", -72.23, 7.77),
    Place("Barquisimeto", "VE", -69.32, 10.07),
    Place("Bogotá", "CO", -74.07, 4.71),
    Place("Cúcuta", "CO", -72.50, 7.89),
    Place("Cartagena", "CO", -75.51, 10.39),
    Place("Quito", "EC", -78.47, -0.18),
    Place("Guayaquil", "EC", -79.89, -2.19),
    Place("Lima", "PE", -77.04, -12.05),
    Place("Chancay", "PE", -77.27, -11.56),
    Place("La Paz", "BO", -68.12, -16.49),
    Place("Santa Cruz de la Sierra", "BO", -63.18, -17.78),
    Place("Santiago", "CL", -70.67, -33.45),
    Place("Punta Arenas", "CL", -70.92, -53.16),
    Place("Buenos Aires", "AR", -58.38, -34.60),
    Place("Neuquén", "AR", -68.06, -38.95),
    Place("Ushuaia", "AR", -68.30, -54.80),
    Place("Montevideo", "UY", -56.16, -34.90),
    Place("Asunción", "PY", -57.58, -25.26),
    Place("Ciudad del Este", "PY", -54.61, -25.51),
    Place("Brasília", "BR", -47.88, -15.79),
    Place("São Paulo", "BR", -46.63, -23.55),
    Place("Rio de Janeiro", "BR", -43.17, -22.91),
    Place("Boa Vista", "BR", -60.67, 2.82),
    Place("Georgetown", "GY", -58.16, 6.80),
    Place("Paramaribo", "SR", -55.17, 5.85),
    Place("Port of Spain", "TT", -61.52, 10.65),
    Place("Panama City", "PA", -79.52, 8.98),
    Place("San José", "CR", -84.09, 9.93),
    Place("Managua", "NI", -86.25, 12.14),
    Place("Tegucigalpa", "HN", -87.21, 14.07),
    Place("San Salvador", "SV", -89.19, 13.69),
    Place("Guatemala City", "GT", -90.51, 14.63),
    Place("Mexico City", "MX", -99.13, 19.43),
    Place("Havana", "CU", -82.37, 23.11),
    Place("Mariel", "CU", -82.75, 22.99),
    Place("Santo Domingo", "DO", -69.93, 18.49),
    Place("Washington", "US", -77.04, 38.91),
    Place("Miami", "US", -80.19, 25.76),
    Place("Ottawa", "CA", -75.70, 45.42),
)


class Fragments(NamedTuple):
    """What a summary of one language is put together from: who, did, what, and why or how."""

    who: tuple[str, ...]
    did: tuple[str, ...]
    what: tuple[str, ...]
    tail: tuple[str, ...]
    programme: str
    near: str


FRAGMENTS: Mapping[str, Fragments] = {
    "en": Fragments(
        ("The defence minister", "A trade delegation", "State television", "The foreign minister",
         "A shipping company", "The embassy", "A group of engineers", "The national oil company",
         "A telecommunications supplier", "The central bank", "An airline", "A fishing fleet"),
        ("announced", "signed", "denied reports of", "opened", "inspected", "financed", "broadcast",
         "delivered", "suspended", "renewed", "criticised", "took part in"),
        ("a shipment of petrol", "an agreement on mining", "a joint naval exercise",
         "the repair of a refinery", "a series of interviews", "a credit for power stations",
         "the sale of radar equipment", "a delivery of vaccines", "talks on lithium",
         "a network of satellite stations", "training for cadets", "a visit of lawmakers"),
        ("after months of negotiation", "despite the sanctions in force", "according to two officials",
         "which the opposition called unlawful", "with payment in gold and crude oil",
         "in the presence of the ambassador", "as the first step of a wider plan",
         "while neighbouring governments asked for details", "without naming a date"),
        "within the {} programme", "near",
    ),
    "es": Fragments(
        ("El ministro de Defensa", "Una delegación comercial", "La televisión estatal",
         "El canciller", "Una naviera", "La embajada", "Un grupo de ingenieros", "La petrolera estatal",
         "Un proveedor de telecomunicaciones", "El banco central", "Una aerolínea"),
        ("anunció", "firmó", "desmintió", "inauguró", "inspeccionó", "financió", "transmitió",
         "entregó", "suspendió", "renovó", "criticó", "participó en"),
        ("un cargamento de gasolina", "un acuerdo minero", "un ejercicio naval conjunto",
         "la reparación de una refinería", "una serie de entrevistas", "un crédito para centrales",
         "la venta de equipos de radar", "una entrega de vacunas", "conversaciones sobre el litio",
         "una red de estaciones satelitales", "la formación de cadetes"),
        ("tras meses de negociación", "pese a las sanciones vigentes", "según dos funcionarios",
         "que la oposición calificó de ilegal", "con pago en oro y crudo",
         "en presencia del embajador", "como primer paso de un plan más amplio", "sin dar una fecha"),
        "en el marco del programa {}", "cerca de",
    ),
    "pt": Fragments(
        ("O ministro da Defesa", "Uma delegação comercial", "A televisão estatal", "O chanceler",
         "Uma empresa de navegação", "A embaixada", "Um grupo de engenheiros", "A petroleira estatal"),
        ("anunciou", "assinou", "desmentiu", "inaugurou", "inspecionou", "financiou", "transmitiu",
         "entregou", "suspendeu", "renovou", "criticou"),
        ("um carregamento de gasolina", "um acordo de mineração", "um exercício naval conjunto",
         "o conserto de uma refinaria", "uma série de entrevistas", "um crédito para usinas",
         "a venda de radares", "uma entrega de vacinas", "negociações sobre o lítio"),
        ("após meses de negociação", "apesar das sanções em vigor", "segundo dois funcionários",
         "que a oposição chamou de ilegal", "com pagamento em ouro e petróleo", "sem indicar data"),
        "no âmbito do programa {}", "perto de",
    ),
    "fr": Fragments(
        ("Le ministre de la Défense", "Une délégation commerciale", "La télévision d'État",
         "Le ministre des Affaires étrangères", "Un armateur", "L'ambassade", "La banque centrale"),
        ("a annoncé", "a signé", "a démenti", "a inauguré", "a inspecté", "a financé", "a diffusé",
         "a livré", "a suspendu", "a renouvelé"),
        ("une cargaison d'essence", "un accord minier", "un exercice naval commun",
         "la réparation d'une raffinerie", "une série d'entretiens", "un crédit pour des centrales",
         "la vente de radars", "une livraison de vaccins", "des pourparlers sur le lithium"),
        ("après des mois de négociation", "malgré les sanctions en vigueur", "selon deux responsables",
         "que l'opposition juge illégal", "contre de l'or et du pétrole", "sans donner de date"),
        "dans le cadre du programme {}", "près de",
    ),
}  # fmt: skip

_HEADS = ("Al", "Ber", "Cas", "Dor", "Est", "Fal", "Gor", "Hid", "Iz", "Jar", "Kov", "Lam", "Mor",
          "Nav", "Ort", "Pel", "Qui", "Rad", "Sol", "Tar", "Urb", "Vel", "Yaz", "Zam")  # fmt: skip
_MIDDLES = ("a", "e", "i", "o", "an", "er", "il", "or", "un", "ast")
_ENDS = (
    "dez",
    "ko",
    "ri",
    "lín",
    "mov",
    "nes",
    "pour",
    "quez",
    "res",
    "sky",
    "tan",
    "vez",
    "zadeh",
)
NAMES = tuple(head + middle + end for head in _HEADS for middle in _MIDDLES for end in _ENDS)
