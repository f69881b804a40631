package seed

import "github.com/bottlecrm/bottlecrm-graphql/model"

// The words that names are put together from.

var firstNames = []string{
	"Aaron", "Alice", "Amara", "Anders", "Anna", "Ben", "Bianca", "Carla", "Chen", "Clara", "Daniel", "Deepa", "Diego",
	"Elena", "Elif", "Emil", "Eva", "Fatima", "Felix", "Grace", "Hannah", "Hugo", "Ines", "Ivan", "Jasper", "Jonas",
	"Julia", "Kai", "Karim", "Lara", "Leo", "Lin", "Lucia", "Maja", "Marco", "Maria", "Mei", "Mila", "Nadia", "Nils",
	"Nora", "Olga", "Omar", "Oscar", "Paula", "Pedro", "Priya", "Rafael", "Rosa", "Ruth", "Samir", "Sara", "Simon",
	"Sofia", "Tara", "Theo", "Tomas", "Vera", "Viktor", "Yara", "Yusuf", "Zoe",
}

var lastNames = []string{
	"Abbott", "Albrecht", "Almeida", "Andersen", "Baker", "Bauer", "Becker", "Berger", "Bianchi", "Blake", "Brandt",
	"Carter", "Castillo", "Chandra", "Costa", "Dietrich", "Duarte", "Eriksen", "Farouk", "Ferrari", "Fischer", "Fletcher",
	"Fontaine", "Fuchs", "Garcia", "Haas", "Hansen", "Hartmann", "Hayes", "Hoffmann", "Ibrahim", "Iyer", "Jansen",
	"Kaplan", "Keller", "Khan", "Klein", "Kowalski", "Kraus", "Lang", "Larsen", "Lehmann", "Lindgren", "Lopez", "Marin",
	"Mason", "Mehta", "Meyer", "Moreau", "Moretti", "Nakamura", "Nguyen", "Novak", "Olsen", "Ortega", "Park", "Patel",
	"Petrov", "Reyes", "Richter", "Rossi", "Santos", "Schmid", "Schubert", "Silva", "Sorensen", "Tanaka", "Vogel",
	"Walker", "Weber", "Winter", "Yilmaz", "Zimmer",
}

var companyNames = []string{
	"Alderbrook", "Amberfield", "Ashgrove", "Birchwater", "Bluehaven", "Brightmoor", "Cedarline", "Clearmont", "Copperdale",
	"Dovecrest", "Eastmere", "Elmstead", "Fairhollow", "Fernbridge", "Foxmarsh", "Glenholt", "Goldwick", "Greyharbor",
	"Hazelton Row", "Highfen", "Ironvale", "Juniper Cross", "Kestrel Bay", "Lakehurst", "Larkmoor", "Lindenhof", "Maplewick",
	"Marlstone", "Meadowgate", "Millrace", "Moonfield", "Northwater", "Oakhaven", "Orchard Lane", "Pinecrest Hollow",
	"Quillmarsh", "Ravensford", "Redfern", "Rivermoor", "Rosewald", "Saltmere", "Silverbeck", "Stonebarn", "Summerfold",
	"Thornbury Vale", "Tidewell", "Umberland", "Valewood", "Westerfen", "Whitcombe Dale", "Willowmere", "Wrenfield",
}

// trades are what companies call themselves, with the line of business that this stands for.
var trades = []struct {
	name     string
	industry model.Industry
}{
	{"Foods", "FOOD & BEVERAGE"}, {"Logistics", "TRANSPORTATION"}, {"Software", "SOFTWARE"}, {"Robotics", "MANUFACTURING"},
	{"Energy", "ENERGY"}, {"Clinics", "HEALTHCARE"}, {"Furniture", "MANUFACTURING"}, {"Academy", "EDUCATION"},
	{"Insurance", "INSURANCE"}, {"Homes", "REAL ESTATE"}, {"Seeds", "AGRICULTURE"}, {"Instruments", "ELECTRONICS"},
	{"Press", "PUBLISHING"}, {"Outfitters", "APPAREL & ACCESSORIES"}, {"Telecom", "TELECOMMUNICATIONS"}, {"Labs", "BIOTECHNOLOGY"},
	{"Capital", "FINANCE"}, {"Media", "ADVERTISING"}, {"Chemicals", "CHEMICAL"}, {"Markets", "GROCERY"},
}

var (
	products = []string{
		"annual licence", "barcode scanners", "cold storage", "data migration", "delivery fleet", "field service app",
		"fit-out of the new office", "forklift lease", "help desk", "laboratory equipment", "maintenance contract",
		"order portal", "packaging line", "payroll service", "point of sale", "security audit", "shelving system",
		"solar roof", "staff training", "spare parts", "telephone system", "warehouse software",
	}
	jobTitles = []string{
		"Buyer", "Chief Executive", "Chief Financial Officer", "Head of Logistics", "Head of Operations", "Head of Sales",
		"IT Manager", "Marketing Manager", "Office Manager", "Plant Manager", "Project Manager", "Purchasing Manager",
		"Quality Manager", "Sales Director",
	}
	departments = []string{"Finance", "IT", "Marketing", "Operations", "Production", "Purchasing", "Sales"}
	chores      = []string{
		"Agree on a delivery date", "Book a demo", "Call back", "Check the credit limit", "Collect the requirements",
		"Follow up on the offer", "Introduce the new contact", "Plan the next visit", "Prepare the offer",
		"Renew the contract", "Review the contract", "Send price list", "Send references", "Thank for the meeting",
	}
	remarks = []string{
		"Called today: they want to decide before the end of the quarter.",
		"Asked for two references from the same line of business.",
		"Very friendly meeting. The budget is approved, the date is not.",
		"They compare us with one competitor; the price is not the point, the delivery time is.",
		"Left a message. Next attempt after the weekend.",
		"Sent the revised offer with the longer warranty.",
		"The colleague from purchasing joins from now on.",
		"Wants a shorter contract than usual. To be discussed internally.",
		"No answer for two weeks: try another channel.",
		"Visited the site; photographs follow by mail.",
	}
	tagNames  = []string{"Key account", "Newsletter", "Partner", "Priority", "Reference", "Renewal", "Trade fair", "VIP"}
	tagColors = []model.TagColor{"amber", "sky", "violet", "red", "emerald", "teal", "orange", "fuchsia"}
	teamNames = []string{"Sales", "Customer Success", "Field Service"}
)
