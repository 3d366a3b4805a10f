"""Names as they stand in a college's registers: several cultures, accents, apostrophes, double barrels."""

from __future__ import annotations

from random import Random
from typing import NamedTuple


class Name(NamedTuple):
    given: str
    family: str

    @property
    def full(self) -> str:
        return f"{self.given} {self.family}"


LONGEST = Name("Oluwadamilolaoluwa Temitope", "Featherstonehaugh-Adeyemi-Olatunbosun")
"""One learner's name, long enough to try every layout."""

POOLS: dict[str, tuple[int, str, str]] = {
    "English": (
        30,
        "Alfie Amelia Archie Ava Ben Bethany Callum Charlotte Chloe Connor Daisy Daniel Ellie Emily Ethan"
        " Freya Georgia Grace Hannah Harry Holly Isabelle Jack Jade Jasmine Joshua Kayleigh Keira Leo Lewis"
        " Libby Lily Logan Lucy Luke Maisie Mason Megan Molly Nathan Noah Oliver Olivia Oscar Poppy Reece"
        " Rosie Ruby Ryan Samuel Scarlett Skye Sophie Tyler Toby Victoria William Zachary Zoe Imogen",
        "Adams Allen Atkinson Bailey Barker Barrett Bennett Booth Bradley Brooks Butler Carter Chapman"
        " Clarke Cole Collins Cooper Cox Davidson Dixon Ellis Fletcher Foster Gibson Green Griffin Hale Hall"
        " Harper Harris Hartley Hughes Hunt Jackson Johnson Knight Lawson Lowe Marsh Mason Mills Moore"
        " Newton Parker Pearson Porter Price Reid Richardson Robinson Rowe Saunders Shaw Slater Smith Stone"
        " Taylor Turner Walker Ward Watson Webb Whitehead Wilkinson Wood Wright Young",
    ),
    "Irish, Welsh and Scottish": (
        9,
        "Aoife Brendan Caitlín Ciara Cormac Eilidh Fergus Finn Isla Niamh Orla Rhys Róisín Seán Siân"
        " Tadhg Carys Dylan Ffion Gethin Megan Seren Ewan Callum Kirsty Mairi Rory Áine Lorcan Steffan",
        "O’Brien O'Connor O'Neill Byrne Gallagher Kelly McCarthy McGrath Murphy Nolan Quinn Ryan Walsh"
        " MacDonald McKenzie Campbell Fraser Sinclair Evans Griffiths Jenkins Lloyd Llewellyn Morgan Powell"
        " Rees Pritchard Ó Súilleabháin",
    ),
    "Pakistani and Bangladeshi": (
        10,
        "Aisha Ali Amina Anwar Bilal Daniyal Fahmida Farhan Fatima Habiba Hamza Haroon Humaira Ibrahim"
        " Imran Iqra Khadija Mahnoor Maryam Mohammed Muhammad Nabila Nadia Omar Rafiq Rukhsana Saima Sana"
        " Shabnam Tahmid Tanvir Usman Yasmin Zain Zara Zubair",
        "Abbas Ahmed Akhtar Ali Amin Aslam Aziz Begum Chaudhry Choudhury Hussain Iqbal Islam Karim Khan"
        " Khatun Mahmood Malik Miah Mirza Nawaz Qureshi Rahman Rashid Raza Saeed Shah Siddiqui Sultana Uddin",
    ),
    "Indian and Sri Lankan": (
        8,
        "Aarav Anjali Arjun Deepika Devika Gurpreet Harpreet Ishaan Jaspreet Kavya Kiran Manpreet Meera"
        " Mohan Neha Nikhil Parveen Pooja Priya Rajan Ravi Rohan Sanjay Simran Sunita Tharushi Vikram"
        " Nimali Anoushka Dilshan",
        "Bains Bhatt Chandra Desai Dhillon Fernando Gill Gupta Jayawardena Joshi Kaur Kumar Mehta Menon"
        " Mistry Nair Patel Perera Rao Sandhu Sharma Shah Sidhu Singh Solanki Srinivasan Thakur Varma",
    ),
    "Polish": (
        6,
        "Agnieszka Aleksandra Bartosz Ewa Filip Gabriela Igor Jakub Julia Kacper Kamila Kasia Łukasz"
        " Maja Marcin Michał Natalia Oliwia Paweł Piotr Szymon Tomasz Wiktoria Zofia Zuzanna",
        "Adamczyk Bąk Dąbrowska Grabowski Jankowski Kamiński Kowalczyk Kowalska Lewandowski Lis Mazur Nowak"
        " Pawlak Sikora Szymański Wieczorek Wiśniewski Wojciechowska Wójcik Zając Zieliński",
    ),
    "Romanian and Bulgarian": (
        4,
        "Adela Alexandru Andreea Bogdan Cătălin Cristina Dragoș Elena Florin Ioana Ionuț Mădălina Mihai"
        " Raluca Răzvan Ștefan Teodora Vlad Ivaylo Desislava",
        "Albu Bălan Ciobanu Constantin Dumitru Georgescu Ionescu Lungu Marin Munteanu Popa Popescu Rusu"
        " Stan Ștefănescu Țurcanu Dimitrov Petrova",
    ),
    "West African": (
        8,
        "Abena Adaeze Ade Akosua Amara Ayodele Chidi Chinedu Chioma Ebele Efua Emeka Esi Femi Folake"
        " Ifeoma Kofi Kwabena Kwame Ngozi Nkechi Obinna Oluwaseun Onyeka Temitope Tobi Yaa Yetunde Fatou"
        " Mamadou",
        "Abiola Adebayo Ade Adeyemi Agyeman Amankwah Asante Balogun Bangura Boateng Conteh Danso Diallo Eze"
        " Kamara Mensah N’Diaye Nwosu Obi Ofori Ogunleye Okafor Okeke Okonkwo Olatunji Osei Owusu Sesay",
    ),
    "East African and Horn of Africa": (
        6,
        "Abdi Abdullahi Amal Ayaan Biniam Daniel Deka Fartun Filmon Hana Harun Hodan Ifrah Khalid Luwam"
        " Mahad Meron Mohamed Nimco Sagal Samira Selam Wanjiru Yonas Yusuf Zahra",
        "Abdi Abdirahman Ahmed Ali Farah Gebremedhin Ghebreyesus Hassan Hersi Hussein Ismail Jama Kamau"
        " Mohamed Mohamud Mulugeta Mwangi Nur Omar Osman Tesfaye Warsame Yusuf",
    ),
    "Caribbean": (
        5,
        "Aaliyah Andre Brianna Dante Deshawn Jermaine Kadeem Kemar Latoya Malachi Monique Naomi Rochelle"
        " Romario Shanice Shantelle Tiana Tyrese Xavier Zion",
        "Baptiste Bennett Brown Campbell Clarke Edwards Francis Gordon Grant Henry James Joseph Lewis"
        " Morrison Pierre Reid Samuels St-Louis Stewart Thompson Wynter",
    ),
    "Middle Eastern, Turkish and Kurdish": (
        6,
        "Ahmad Ayşe Baran Berfin Büşra Dilan Emre Ghazal Hadi Hêvîn Kerem Layla Mina Mustafa Noor Omid"
        " Parisa Rania Rojin Salma Serkan Shirin Yasin Yousef Zeynep",
        "Al-Hashimi Al-Rashid Arslan Aydın Barzani Çelik Demir Haddad Hosseini Kaya Khalil Karimi Mansour"
        " Najjar Öztürk Rahimi Saleh Şahin Yıldız Zamani",
    ),
    "Portuguese, Spanish and Latin American": (
        5,
        "Alejandro Beatriz Camila Diego Diogo Francisca Gonçalo Inês João Leandro Leonor Lucía Mateo"
        " Mateus Rafael Santiago Sofía Tiago Valentina Vitória",
        "Almeida Carvalho Costa Da Silva Fernandes Ferreira García Gonçalves González Martins Muñoz Núñez"
        " Pereira Ramírez Rodrigues Sánchez Santos Sousa Teixeira Vargas",
    ),
    "East and South-East Asian": (
        5,
        "An Angel Bao Chen Hao Jia Joy Jun Lan Linh Mei Minh Paolo Quang Siu Thanh Wai Xin Yan Ying",
        "Bautista Chan Chen Cheung Dela Cruz Hoang Lam Lau Le Li Liu Mendoza Ng Nguyen Pham Reyes Tran Wang"
        " Wong Zhang",
    ),
    "Ukrainian, Baltic and others": (
        4,
        "Anastasiya Artem Daryna Denys Gintarė Ieva Karolis Kateryna Maksym Marta Oleksandr Oksana Solomiya"
        " Tetiana Vytautas Zlata Søren Zoë Léa Jiří",
        "Bondarenko Hrytsenko Kovalenko Kravchuk Lysenko Melnyk Shevchenko Tkachenko Jankauskas Kazlauskienė"
        " Ozoliņš Petrauskas Dvořák Lefèvre Jørgensen Müller",
    ),
}
TWO_WORDS = {"Ó Súilleabháin", "Da Silva", "Dela Cruz"}
MIXED = 0.07
DOUBLE_BARRELLED = 0.03


def _split(names: str) -> tuple[str, ...]:
    found = [name for name in TWO_WORDS if name in names]
    for name in found:
        names = names.replace(name, "")
    return tuple(names.split()) + tuple(sorted(found))


_WEIGHTS = [weight for weight, _, _ in POOLS.values()]
_GIVEN = [_split(given) for _, given, _ in POOLS.values()]
_FAMILY = [_split(family) for _, _, family in POOLS.values()]
_POOL_NUMBERS = range(len(POOLS))


def draw_name(random: Random) -> Name:
    pool, other = random.choices(_POOL_NUMBERS, _WEIGHTS, k=2)
    given = random.choice(_GIVEN[pool])
    family = random.choice(_FAMILY[other if random.random() < MIXED else pool])
    if random.random() < DOUBLE_BARRELLED and " " not in family:
        second = random.choice(_FAMILY[other])
        family = f"{family}-{second}" if second != family and " " not in second else family
    return Name(given, family)


def draw_different_name(random: Random, taken: set[str]) -> Name:
    """A name that nobody in `taken` has yet; it is added."""
    name = draw_name(random)
    while name.full in taken:
        name = draw_name(random)
    taken.add(name.full)
    return name
