#include "county/names.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace rowan::county {
namespace {

using Words = std::vector<std::string_view>;

Words words(std::string_view text, char separator = ' ') {
    Words out;
    while (!text.empty()) {
        const auto end = std::min(text.find(separator), text.size());
        if (end > 0) out.push_back(text.substr(0, end));
        text.remove_prefix(std::min(text.size(), end + 1));
    }
    return out;
}

constexpr std::string_view kBritishBoys =
    "Oliver George Harry Jack Jacob Noah Charlie Thomas Oscar William James Henry Leo Alfie Joshua Freddie Archie "
    "Ethan "
    "Isaac Alexander Joseph Edward Samuel Max Logan Lucas Daniel Theo Arthur Mason Harrison Benjamin Sebastian "
    "Finley "
    "Adam Dylan Riley Zachary Teddy Reuben David Toby Theodore Jake Louie Elijah Luca Reggie Harvey Hugo Arlo "
    "Matthew "
    "Jude Jenson Ronnie Luke Ralph Elliot Frankie Louis Elliott Michael Rory Bobby Tommy Albert Felix Roman "
    "Jayden Carter "
    "Gabriel Stanley Blake Caleb Ellis Jaxon Jasper Ollie Connor Owen Liam Aiden Jamie Callum Kai Tyler Cameron "
    "Nathan "
    "Kieran Ryan Robert Christopher Andrew Patrick Anthony Nicholas Dominic Rowan Ewan Angus Bradley Lewis Morgan "
    "Rhys "
    "Gethin Evan Declan Spencer Miles Seth Ezra Otis Rupert Barnaby Monty Fraser Leon Troy Brandon Corey Curtis "
    "Kyle";
constexpr std::string_view kBritishGirls =
    "Olivia Amelia Isla Emily Ava Lily Mia Sophia Isabella Grace Poppy Ella Evie Charlotte Jessica Daisy Freya "
    "Alice Sophie "
    "Florence Sienna Isabelle Millie Ivy Rosie Ruby Phoebe Evelyn Willow Elsie Chloe Matilda Lucy Emma Eva "
    "Harriet Scarlett "
    "Maisie Layla Holly Erin Esme Imogen Eliza Violet Elizabeth Georgia Thea Luna Bella Lola Zara Molly Amber "
    "Eleanor Rose "
    "Jasmine Martha Maya Summer Lottie Anna Hannah Robyn Beatrice Abigail Orla Megan Gracie Penelope Heidi "
    "Victoria Nancy "
    "Darcie Lara Zoe Katherine Rebecca Bethany Amy Lauren Leah Caitlin Niamh Ellie Ellen Katie Lydia Darcey Skye "
    "Paige Alisha "
    "Courtney Shannon Chelsea Natasha Samantha Nicole Danielle Stephanie Rachel Sarah Laura Francesca Gabriella "
    "Margot "
    "Ottilie Tabitha Josephine Frances Margaret Alexandra Jennifer Philippa Rowena Tilly Hollie Keira Tia Demi "
    "Kayleigh";
constexpr std::string_view kBritishFamilies =
    "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White Roberts "
    "Green Hall "
    "Wood Jackson Clarke Harris Clark Lewis Turner Hill Cooper Ward Baker Moore Martin Morris Edwards Harrison "
    "King Morgan "
    "Allen James Scott Watson Parker Bennett Young Phillips Richardson Mitchell Cook Carter Collins Bell Shaw "
    "Miller Cox "
    "Richards Marshall Anderson Simpson Ellis Adams Webb Foster Chapman Palmer Rogers Gibson Mills Hunt Barnes "
    "Knight "
    "Butler Russell Fisher Stevens Jenkins Dixon Perry Fletcher Payne Reynolds Fox Gray Rose Holmes Mason Lloyd "
    "Matthews "
    "Owen Hughes Price Griffiths Powell Pearce Tucker Coombes Stone Hooper Vickery House Venn Burge Norman Gould "
    "Salter";
constexpr std::string_view kPlaceStarts =
    "Ash Black Brad Bram Bridg Brook Buck Burn Cald Carl Chad Chil Clay Cold Comp Cran Crow Dal Dun East Elm Fair "
    "Farn Fen "
    "Gold Gren Hal Ham Hart Hatch Haw Hazel Holm Horn Hunt Ing Ken Kings Lang Lark Lin Litt Long Lynd Marl Mel "
    "Mil Mor "
    "Nether New North Oak Orch Over Pem Pit Quar Rad Ravens Red Rod Row Rush Sand Sel Shel Ship Silver Stan Stock "
    "Stow Sut "
    "Swin Tam Thorn Thur Tid Tor Up Wad Wal War Wel West Whit Wil Win Wood Wool Wor Wy Yar";
constexpr std::string_view kPlaceEnds =
    "ford wood ton worth ley field ham bourne well brook combe bury dale stead den hurst ridge land moor shaw "
    "burn croft wick "
    "wall thorpe man mere gate bridge cott low er stone";
constexpr std::string_view kIrishBoys =
    "Seán Conor Patrick Cian Oisín Darragh Fionn Liam Cillian Tadhg Declan Eoin Rory Finn Ciarán Pádraig Brendan "
    "Aidan "
    "Diarmuid Ronan Shane Kieran Michael Daniel";
constexpr std::string_view kIrishGirls =
    "Aoife Saoirse Niamh Ciara Caoimhe Róisín Sinéad Orla Gráinne Aisling Clodagh Fiadh Éabha Máire Bríd Siobhán "
    "Deirdre "
    "Bridget Kathleen Nora Eimear Maeve Sorcha Una";
constexpr std::string_view kIrishFamilies =
    "Murphy Kelly O'Sullivan Walsh O'Brien Byrne Ryan O'Connor O'Neill O'Reilly Doyle McCarthy Gallagher Doherty "
    "Kennedy "
    "Lynch Murray Quinn Moore McLoughlin O'Carroll Connolly Daly O'Connell Wilson Dunne Brennan Burke Collins "
    "Campbell "
    "Clarke Johnston Hughes O'Farrell Fitzgerald Brown Martin Maguire Nolan Flynn Thompson O'Callaghan O'Donnell "
    "Duffy "
    "O'Mahony Boyle Healy O'Shea McGrath Keane MacNamara Fitzpatrick";
constexpr std::string_view kTravellerBoys =
    "John Michael Patrick James Jim Martin Thomas Paddy Johnny Miley Edward Ned Simey Levi Tyson";
constexpr std::string_view kTravellerGirls =
    "Margaret Mary Bridget Kathleen Ann Nan Winnie Shakira Chantelle Rosie Violet Philomena Barbara Ellen";
constexpr std::string_view kTravellerFamilies =
    "Ward McDonagh Connors Doherty Maughan Cash Joyce Quilligan Stokes Loveridge Lee Penfold Cooper Hughes Doran";
constexpr std::string_view kPolishBoys =
    "Jakub Antoni Jan Szymon Aleksander Franciszek Filip Mikołaj Wojciech Kacper Adam Michał Marcel Łukasz "
    "Stanisław Piotr "
    "Tomasz Paweł Krzysztof Bartosz Kamil Mateusz Dawid Igor Oskar Wiktor Maciej Grzegorz Dominik Patryk";
constexpr std::string_view kPolishGirls =
    "Julia Zuzanna Zofia Lena Maja Hanna Amelia Alicja Maria Aleksandra Oliwia Natalia Wiktoria Katarzyna "
    "Małgorzata "
    "Agnieszka Magdalena Karolina Weronika Kinga Gabriela Martyna Nikola Emilia Izabela Patrycja Klaudia Paulina";
constexpr std::string_view kPolishFamilies =
    "Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski "
    "Kozłowski "
    "Jankowski Mazur Wojciechowski Kwiatkowski Krawczyk Kaczmarek Piotrowski Grabowski Zając Pawłowski Michalski "
    "Król "
    "Wieczorek Jabłoński Wróbel Nowakowski Majewski Olszewski Stępień Malinowski Jaworski Adamczyk Dudek Nowicki "
    "Pawlak "
    "Górski Witkowski Walczak Sikora Baran Rutkowski Michalak Szewczyk Ostrowski";
constexpr std::string_view kRomanianBoys =
    "Andrei Alexandru Ștefan Matei David Ionuț Gabriel Mihai Cristian Florin Luca Daniel Marius Răzvan Vlad "
    "Adrian Bogdan "
    "Ciprian Cosmin Denis Eduard Robert Sebastian Victor";
constexpr std::string_view kRomanianGirls =
    "Maria Ioana Andreea Sofia Elena Alexandra Ana Daria Bianca Ștefania Gabriela Mihaela Denisa Larisa Raluca "
    "Antonia "
    "Cristina Diana Florentina Georgiana Roxana Simona";
constexpr std::string_view kRomanianFamilies =
    "Popa Popescu Ionescu Radu Dumitru Stan Stoica Gheorghe Matei Ciobanu Rusu Constantin Marin Lazăr Florea "
    "Mihai Moldovan "
    "Dinu Munteanu Șerban Nistor Ungureanu Tudor Barbu Dobre Neagu Crăciun Vasile Costea Ștefănescu Văduva Ilie";
constexpr std::string_view kPortugueseBoys =
    "João Rodrigo Francisco Martim Santiago Tomás Duarte Miguel Afonso Gonçalo Tiago Rafael Diogo Guilherme "
    "Bernardo Rui Nuno";
constexpr std::string_view kPortugueseGirls =
    "Maria Leonor Matilde Beatriz Carolina Mariana Ana Inês Sofia Francisca Lara Margarida Clara Joana Catarina "
    "Rita";
constexpr std::string_view kPortugueseFamilies =
    "Silva Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Sousa Fernandes Gonçalves Gomes Lopes Marques "
    "Alves Almeida Ribeiro Pinto Carvalho Teixeira Moreira Correia Mendes Nunes Soares Vieira";
constexpr std::string_view kMuslimBoys =
    "Muhammad Ibrahim Yusuf Ali Ahmed Hamza Omar Hassan Hussain Bilal Adam Zain Ayaan Ismail Abdullah Haris Usman "
    "Imran Zayn "
    "Mustafa Idris Musa Haroon Faisal Kamran Asad Rayyan Eesa Junaid Shayan Tariq Sufyan Danyal Ayub";
constexpr std::string_view kMuslimGirls =
    "Aisha Fatima Maryam Zainab Khadija Amina Hafsa Safa Sana Iqra Zara Ayesha Noor Hajra Sumaya Asma Inaya "
    "Aaliyah Maria "
    "Saima Nadia Rukhsana Alina Anaya Eshal Mahnoor Laiba Zoya Hira Mehreen Sadia Samina";
constexpr std::string_view kPakistaniFamilies =
    "Khan Hussain Ahmed Ali Akhtar Mahmood Iqbal Malik Shah Mirza Butt Rehman Aslam Raja Chaudhry Sheikh Qureshi "
    "Bhatti Rashid "
    "Javed Saleem Anwar Nawaz Arshad Zaman Yousaf Riaz Sadiq Farooq Siddiqui";
constexpr std::string_view kBangladeshiFamilies =
    "Uddin Miah Ahmed Ali Rahman Hussain Islam Begum Choudhury Khan Alam Haque Karim Hoque Chowdhury Sultan Kamal "
    "Mia Azad "
    "Bashir Talukdar Sarkar";
constexpr std::string_view kIndianBoys =
    "Arjun Aarav Rohan Krishna Dev Aryan Vihaan Ishaan Nikhil Rahul Karan Dhruv Jay Ravi Sai Vivek Amit Kabir "
    "Neel Harsh Pranav Aditya";
constexpr std::string_view kIndianGirls =
    "Anika Diya Priya Aanya Isha Anjali Riya Meera Kavya Nisha Pooja Saanvi Sneha Divya Tara Aditi Leela Radha "
    "Shreya Anaya";
constexpr std::string_view kIndianFamilies =
    "Patel Shah Sharma Gupta Desai Mehta Joshi Parmar Mistry Solanki Chauhan Reddy Nair Menon Thomas Iyer Kumar "
    "Rao Das Varghese Mathew Pillai Bhatt Verma Joseph";
constexpr std::string_view kSikhBoys =
    "Arjan Gurpreet Harpreet Jaspreet Manpreet Amandeep Harjit Jagdeep Ranjit Simran Baljit Kiran Sukhdeep "
    "Navdeep Parminder Inderjit Kulwinder Dilraj Kirpal Avtar";
constexpr std::string_view kSikhGirls =
    "Simran Jasleen Gurpreet Harpreet Manpreet Amandeep Kiran Jasmeen Navdeep Rajvinder Parminder Sukhdeep Baljit "
    "Harleen Anmol Kulwinder Manjit Ravneet Prabhjot Jasvir";
constexpr std::string_view kSikhFamilies =
    "Gill Dhillon Sandhu Sidhu Grewal Bains Atwal Johal Mann Brar Virk Dhaliwal Hothi Sahota Rai Kang Uppal Bassi "
    "Toor Purewal";
constexpr std::string_view kSomaliBoys =
    "Mohamed Abdi Ahmed Abdirahman Yusuf Ali Hassan Ismail Abdullahi Omar Ibrahim Farah Abdulkadir Mahad Liban "
    "Guled Zakariya Bilal Khalid Warsame";
constexpr std::string_view kSomaliGirls =
    "Fatima Hodan Amina Khadija Asha Halima Maryan Hibaq Ifrah Sagal Ayaan Nasra Sahra Fartun Zamzam Idil Ubah "
    "Hamdi Muna Deqa";
constexpr std::string_view kSomaliFamilies =
    "Hassan Ali Mohamed Ahmed Farah Warsame Abdi Omar Jama Yusuf Nur Ibrahim Aden Hussein Isse Mohamud Elmi Duale "
    "Hersi Osman Barre Dirie";
constexpr std::string_view kArabicBoys =
    "Mohammed Ahmad Yousef Omar Khaled Ali Hassan Karim Ibrahim Mahmoud Tarek Sami Bilal Nour Rami Zaid Faris "
    "Anas Ziad Adnan";
constexpr std::string_view kArabicGirls =
    "Fatima Mariam Nour Layla Salma Hala Rania Aya Zaynab Dina Lina Huda Sara Yasmin Rima Amal Noura Hanan Jana "
    "Reem";
constexpr std::string_view kArabicFamilies =
    "al-Masri Haddad Khalil Saleh al-Hassan Mansour Najjar Darwish Hamdan al-Ahmad Khoury Nasser Aziz Ibrahim "
    "Othman al-Khatib Qasim Barakat Shaheen Zidan Sabbagh Rashid el-Sayed Fares";
constexpr std::string_view kNigerianBoys =
    "Oluwaseun Chukwuemeka Tobi Emeka Ayodele Ifeanyi Babatunde Kelechi Segun Chidi Femi Uche Kunle Obinna Tunde "
    "Ikenna Damilola Olamide Chinedu Gbenga";
constexpr std::string_view kNigerianGirls =
    "Chioma Ngozi Oluwatoyin Adaeze Funmilayo Ifeoma Temitope Amara Yetunde Chiamaka Folake Nkechi Bukola Adaora "
    "Titilayo Ebele Omotola Uju Simisola Oyinkan";
constexpr std::string_view kNigerianFamilies =
    "Okafor Adeyemi Okonkwo Adebayo Eze Balogun Nwosu Ogunleye Obi Afolabi Chukwu Oladipo Nnamdi Akinola Okeke "
    "Adeleke Onyeka Bello Igwe Oyelaran Udeh Olawale Uzor Fashola";
constexpr std::string_view kCaribbeanBoys =
    "Tyrone Jerome Malachi Andre Dwayne Marcus Isaiah Tyrell Kemar Jermaine Nathaniel Omari Rashaan Jordan Elijah "
    "Micah";
constexpr std::string_view kCaribbeanGirls =
    "Shanice Aaliyah Tiana Kezia Naomi Chanel Rochelle Jada Imani Monique Simone Renee Zaria Shaniya Latoya "
    "Esther";
constexpr std::string_view kCaribbeanFamilies =
    "Campbell Brown Grant Francis Gordon Clarke Reid Bailey Henry Stewart Morgan Powell Samuels Barrett Wright "
    "Edwards Lindsay Blake Josephs Thomas";
constexpr std::string_view kChineseBoys =
    "Wei Jun Hao Zihan Ming Yichen Haoran Zixuan Yuxuan Kai Jiahao Lok-Yin Chun Tsz-Hin Xiaoming Jianyu Bowen "
    "Hong Lei Tao";
constexpr std::string_view kChineseGirls =
    "Mei Xin Yan Zihan Yuxin Xinyi Li Ying Hui Jing Wai-Ting Ka-Yan Tsz-Ching Xiaomei Yutong Ruoxi Siqi Fang Lan "
    "Qing";
constexpr std::string_view kChineseFamilies =
    "Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Chan Wong Lam Cheung Leung Ng Ho Lau Cheng Tang Xu Sun Ma Zhu "
    "Lin Guo Yip Fung";
constexpr std::string_view kEnglishForChinese =
    "Jason Kevin Vincent Jasmine Cindy Jenny Tony Alan Amy Ivy Eric Grace Michelle Raymond Vivian Winnie";

// "William" = Will … ; British habits, not American ones.
constexpr std::string_view kNicknames =
    "William=Will,Bill,Billy,Liam,Wills;Alexander=Alex,Xander,Al,Sandy;Alexandra=Alex,Lexi,Sasha,Allie;Thomas=Tom,"
    "Tommy;"
    "James=Jim,Jimmy,Jamie,Jay;Joshua=Josh;Joseph=Joe,Joey;Samuel=Sam,Sammy;Samantha=Sam,Sammy;Daniel=Dan,Danny;"
    "Benjamin=Ben,Benji;Matthew=Matt,Matty;Michael=Mike,Mick,Mikey;Christopher=Chris,Kit,Topher;Nicholas=Nick,"
    "Nicky;"
    "Anthony=Tony,Ant;Andrew=Andy,Drew;Robert=Rob,Bob,Robbie,Bobby;Edward=Ed,Eddie,Ted,Ned,Teddy;Theodore=Theo,"
    "Teddy;"
    "Charlie=Chaz,Charles;Henry=Harry,Hal;Harry=Haz,Harrison;Frederick=Fred,Freddie;Patrick=Paddy,Pat;David=Dave,"
    "Davey;"
    "Zachary=Zach,Zac;Nathan=Nate;Cameron=Cam;Bradley=Brad;Sebastian=Seb;Dominic=Dom;Gabriel=Gabe;Oliver=Ollie,"
    "Olly;"
    "Alfie=Alf,Alfred;Albert=Bert,Bertie,Al;Archie=Archibald,Arch;Arthur=Art,Artie;Stanley=Stan;Ronnie=Ron,Ronald;"
    "Elizabeth=Liz,Lizzie,Beth,Betty,Libby,Eliza;Katherine=Kate,Katie,Kathy,Kat,Kitty;Charlotte=Lottie,Charlie,"
    "Char;"
    "Isabella=Bella,Izzy,Issy;Isabelle=Izzy,Belle,Issy;Abigail=Abi,Abbie,Gail;Rebecca=Becky,Bec,Becca;Jessica="
    "Jess,Jessie;"
    "Olivia=Liv,Livvy,Ollie;Amelia=Millie,Amy,Mimi;Emily=Em,Emmy,Milly;Sophie=Soph;Sophia=Sophie,Soph;Eleanor="
    "Ellie,Nell,Nora;"
    "Ellen=Ellie,Nell;Georgia=Georgie,Gee;Harriet=Hattie,Harry;Matilda=Tilly,Mattie,Tilda;Florence=Flo,Florrie,"
    "Flossie;"
    "Victoria=Vicky,Tori;Natasha=Tasha,Nat;Stephanie=Steph;Danielle=Dani;Jennifer=Jen,Jenny;Margaret=Maggie,Meg,"
    "Peggy,Mags;"
    "Megan=Meg,Meggie;Frances=Fran,Frankie;Francesca=Fran,Chess,Frankie;Gabriella=Gabby,Ella;Josephine=Jo,Josie;"
    "Philippa=Pip,Pippa;Beatrice=Bea,Trixie;Penelope=Penny,Nell;Imogen=Immy,Immie;Bethany=Beth;Lauren=Loz;Caitlin="
    "Cait;"
    "Courtney=Court;Scarlett=Scar,Lettie;Evelyn=Evie,Eve;Darcie=Darce;Mary=Molly,May;Bridget=Bridie,Biddy,Breda;"
    "Kathleen=Kath,Kitty,Kay;John=Johnny,Jack,Jonny;Martin=Marty;Philomena=Phil,Mena;Aleksander=Olek,Alex;Jakub="
    "Kuba,Jake;"
    "Aleksandra=Ola,Alex;Katarzyna=Kasia,Kate;Małgorzata=Gosia,Margaret;Agnieszka=Aga,Agnes;Magdalena=Magda;"
    "Krzysztof=Krzysiek,Chris;Stanisław=Staszek,Stan;Zuzanna=Zuzia,Susan;Wojciech=Wojtek;Mikołaj=Miki,Nicholas;"
    "Tomasz=Tomek,Tom;Paweł=Paul;Piotr=Piotrek,Peter;Michał=Michael;Mateusz=Matt;Jan=John,Janek;Franciszek=Franek;"
    "Alexandru=Alex;Ștefan=Fane,Stefan;Gheorghe=George;Ionuț=Ion,Johnny;Mihai=Mike;Andreea=Andi;João=John,Joe;"
    "Francisco=Chico,Kiko;Muhammad=Mo,Moh;Mohamed=Mo;Mohammed=Mo;Abdirahman=Abdi;Abdullahi=Abdi;Abdulkadir=Abdi;"
    "Ibrahim=Ibby,Ib;Mustafa=Mus,Moose;Zainab=Zee;Khadija=Khad;Oluwaseun=Seun;Chukwuemeka=Emeka;Babatunde=Tunde;"
    "Ayodele=Ayo;Ifeanyi=Ify;Temitope=Temi;Funmilayo=Funmi;Chiamaka=Amaka;Oluwatoyin=Toyin;Oyinkan=Oyin;Gurpreet="
    "Preet,Gurps;"
    "Harpreet=Harps,Preet;Manpreet=Manny;Amandeep=Aman,Deep;Jaspreet=Jas;Jasleen=Jas;Parminder=Pam;Pádraig=Paddy,"
    "Patrick;"
    "Seán=John,Jack;Siobhán=Shiv;Oisín=Osh;Bríd=Bridie;Nathaniel=Nate,Nat;Shanice=Shan;Malachi=Mal";

constexpr std::string_view kSpellings =
    "Muhammad,Mohammed,Mohammad,Mohamed,Mohamad,Muhammed;Yusuf,Yousuf,Youssef,Yousef,Yusef;Aisha,Ayesha,Aysha,"
    "Aaisha,Asha;"
    "Fatima,Fatimah,Fathima,Fatma;Hussain,Hussein,Husain,Hussayn;Ahmed,Ahmad,Ahmet;Maryam,Mariam,Miriam,Maryan;"
    "Zainab,Zaynab,Zeinab,Zainub;Khadija,Khadijah,Khadeeja;Hassan,Hasan;Ibrahim,Ebrahim,Ibraheem;Omar,Umar,Omer;"
    "Usman,Osman,Uthman;Hamza,Hamzah;Ismail,Ismaeel,Ishmael;Abdullah,Abdallah,Abdulla;Abdirahman,Abdurahman,"
    "Abdulrahman;"
    "Zain,Zayn,Zane;Noor,Nour,Nur;Layla,Leila,Laila,Leyla;Khalid,Khaled;Mahmoud,Mahmood,Mahmud;Mustafa,Mustapha,"
    "Moustafa;"
    "Amina,Aminah,Aamina;Sara,Sarah;Isaac,Izaac,Isaak;Catherine,Katherine,Kathryn,Katharine;Steven,Stephen;"
    "Seán,Sean,Shaun,Shawn;Conor,Connor,Conner;Kieran,Ciarán,Ciaran,Keiran,Kieron;Caitlin,Katelyn,Kaitlyn,Caitlyn;"
    "Megan,Meghan,Meagan;Niamh,Neve,Neave;Jayden,Jaden,Jaydon,Jadon;Aiden,Aidan,Ayden;Jaxon,Jackson,Jaxson;Lewis,"
    "Louis;"
    "Elliot,Elliott,Eliot;Harriet,Harriette;Sophie,Sofie;Sophia,Sofia;Isabelle,Isabel,Isobel,Izabel;Zoe,Zoë,Zoey;"
    "Lily,Lilly,Lillie;Ellie,Elly,Elli;Darcie,Darcy,Darcey;Hollie,Holly;Rebecca,Rebekah;Abigail,Abigayle;Amelia,"
    "Emelia,Amelie;"
    "Eva,Ava;Callum,Calum;Rhys,Reece,Rees;Toby,Tobie;Theo,Teo;Matthew,Mathew;Phoebe,Pheobe;Charlie,Charley,Charly;"
    "Chloe,Chloé,Cloe;Bethany,Bethanie;Alisha,Alicia,Alesha;Kayleigh,Kayley,Kaylee;Keira,Kiera,Kyra;Aoife,Eefa;"
    "Ștefan,Stefan,Stephan;Aleksander,Alexander,Aleksandr;Aleksandra,Alexandra;Wiktor,Victor,Viktor;Wiktoria,"
    "Victoria;"
    "Jakub,Jacob;Zofia,Sofia;Aarav,Arav;Anaya,Anaiya;Riya,Rhea,Ria;Isha,Esha;Diya,Dia;Shreya,Shriya;Simran,Simren;"
    "Jasleen,Jaslin;Chukwuemeka,Chukwuemeke;Adaeze,Ada-Eze;Xiaoming,Xiao-Ming,Xiao;Xinyi,Xin-Yi;Yuxin,Yu-Xin;"
    "Haoran,Hao-Ran";

// Twins' parents like names that belong together.
constexpr std::string_view kAlike =
    "Ella,Ellie;Jayden,Jaden;Olivia,Amelia;Isla,Ayla;Emily,Amelie;Lily,Millie;Mia,Maya;Evie,Ivy;Jack,Jake;Harry,"
    "Harvey;"
    "Oliver,Ollie;Lucas,Luke;Leo,Theo;Mason,Jason;Alfie,Archie;Aiden,Caiden;Daniel,David;Hannah,Anna;Sophia,"
    "Sophie;"
    "Ava,Eva;Lola,Lara;Holly,Molly;Chloe,Zoe;Amber,Ember;Hassan,Hussain;Muhammad,Ahmed;Aisha,Maisha;Zainab,Zara;"
    "Fatima,Fahima;Amina,Amira;Ali,Adil;Jan,Jakub;Maja,Kaja;Julia,Oliwia;Filip,Wiktor;Kai,Kian;Ryan,Rhys;Connor,"
    "Cameron";

using Map = std::unordered_map<std::string_view, Words>;

Map nicknames() {
    Map out;
    for (std::string_view entry : words(kNicknames, ';')) {
        const auto equals = entry.find('=');
        out[entry.substr(0, equals)] = words(entry.substr(equals + 1), ',');
    }
    return out;
}

// Each name of a group leads to the others.
Map groups(std::string_view text) {
    Map out;
    for (std::string_view entry : words(text, ';')) {
        const Words all = words(entry, ',');
        for (std::string_view name : all)
            for (std::string_view other : all)
                if (name != other) out[name].push_back(other);
    }
    return out;
}

const Words& found(const Map& map, std::string_view key) {
    static const Words kNone;
    const auto at = map.find(key);
    return at == map.end() ? kNone : at->second;
}

struct Accent {
    std::string_view with, without;
};
constexpr Accent kAccents[] = {{"á", "a"}, {"à", "a"}, {"ã", "a"}, {"ă", "a"}, {"â", "a"}, {"ą", "a"},
                               {"ć", "c"}, {"ç", "c"}, {"é", "e"}, {"ê", "e"}, {"ë", "e"}, {"ę", "e"},
                               {"í", "i"}, {"î", "i"}, {"ł", "l"}, {"ń", "n"}, {"ó", "o"}, {"ô", "o"},
                               {"õ", "o"}, {"ś", "s"}, {"ș", "s"}, {"ț", "t"}, {"ú", "u"}, {"ź", "z"},
                               {"ż", "z"}, {"É", "E"}, {"Ł", "L"}, {"Ś", "S"}, {"Ș", "S"}, {"Ț", "T"}};

bool ends_with(std::string_view s, std::string_view end) {
    return s.size() >= end.size() && s.substr(s.size() - end.size()) == end;
}

std::string polish_family(std::string_view family, Sex sex) {
    std::string out(family);
    if (sex == Sex::female && (ends_with(out, "ski") || ends_with(out, "cki"))) out.back() = 'a';
    return out;
}

std::string given_name(Random& r, const Community& c, Sex sex, const std::vector<std::string>& used,
                       std::string_view alike) {
    if (!alike.empty() && r.chance(0.5)) {
        static const Map kPairs = groups(kAlike);
        const Words& pair = found(kPairs, alike);
        if (!pair.empty()) return std::string(pair.front());
    }
    const Words& names = sex == Sex::female ? c.girls : c.boys;
    std::string name(r.common(names));
    for (int i = 0; i < 40; ++i) {
        const bool taken = std::find(used.begin(), used.end(), name) != used.end();
        const bool initial = alike.empty() || i > 20 || name.front() == alike.front() || r.chance(0.5);
        if (!taken && initial) break;
        name = r.one_of(names);
    }
    return name;
}

std::string muslim_family(Random& r, const Lineage& l, Sex sex) {
    // A daughter may carry Begum, Bibi or Khatun; a son his father's own name: siblings then have different
    // surnames.
    if (sex == Sex::female && r.chance(0.22)) {
        static const Words kLast = words("Begum Bibi Khatun Khanom Akhtar");
        return std::string(r.one_of(kLast));
    }
    if (r.chance(0.12) && l.father_given != "Muhammad") return l.father_given;
    return l.father_family;
}

}  // namespace

const std::vector<Community>& communities() {
    static const std::vector<Community> kAll = [] {
        const auto make = [](std::string_view code, std::string_view ethnicity, double weight, Style style,
                             std::string_view boys, std::string_view girls, std::string_view families) {
            return Community{code, ethnicity, weight, style, words(boys), words(girls), words(families)};
        };
        return std::vector<Community>{
            make("white_british", "WBRI", 0.760, Style::british, kBritishBoys, kBritishGirls, kBritishFamilies),
            make("irish", "WIRI", 0.016, Style::irish, kIrishBoys, kIrishGirls, kIrishFamilies),
            make("traveller", "WIRT", 0.008, Style::traveller, kTravellerBoys, kTravellerGirls,
                 kTravellerFamilies),
            make("polish", "WOTH", 0.036, Style::polish, kPolishBoys, kPolishGirls, kPolishFamilies),
            make("romanian", "WOTH", 0.020, Style::romanian, kRomanianBoys, kRomanianGirls, kRomanianFamilies),
            make("roma", "WROM", 0.006, Style::romanian, kRomanianBoys, kRomanianGirls, kRomanianFamilies),
            make("portuguese", "WOTH", 0.014, Style::portuguese, kPortugueseBoys, kPortugueseGirls,
                 kPortugueseFamilies),
            make("pakistani", "APKN", 0.030, Style::south_asian_muslim, kMuslimBoys, kMuslimGirls,
                 kPakistaniFamilies),
            make("bangladeshi", "ABAN", 0.016, Style::south_asian_muslim, kMuslimBoys, kMuslimGirls,
                 kBangladeshiFamilies),
            make("indian", "AIND", 0.020, Style::indian, kIndianBoys, kIndianGirls, kIndianFamilies),
            make("sikh", "AIND", 0.012, Style::sikh, kSikhBoys, kSikhGirls, kSikhFamilies),
            make("somali", "BAFR", 0.012, Style::somali, kSomaliBoys, kSomaliGirls, kSomaliFamilies),
            make("arabic", "OOTH", 0.012, Style::arabic, kArabicBoys, kArabicGirls, kArabicFamilies),
            make("nigerian", "BAFR", 0.014, Style::nigerian, kNigerianBoys, kNigerianGirls, kNigerianFamilies),
            make("caribbean", "BCRB", 0.012, Style::caribbean, kCaribbeanBoys, kCaribbeanGirls,
                 kCaribbeanFamilies),
            make("chinese", "CHNE", 0.012, Style::chinese, kChineseBoys, kChineseGirls, kChineseFamilies)};
    }();
    return kAll;
}

std::string make_surname(Random& r, const Community& c) {
    const bool made = c.style == Style::british ? r.chance(0.62) : c.style == Style::caribbean && r.chance(0.2);
    if (!made) return std::string(r.common(c.families));
    static const Words kStarts = words(kPlaceStarts);
    static const Words kEnds = words(kPlaceEnds);
    return std::string(r.one_of(kStarts)) + std::string(r.common(kEnds));
}

Lineage make_lineage(Random& r) {
    static const std::vector<double> kWeights = [] {
        std::vector<double> out;
        for (const Community& c : communities()) out.push_back(c.weight);
        return out;
    }();
    Lineage l;
    l.community = &communities()[r.weighted(kWeights)];
    l.father_given = r.common(l.community->boys);
    l.father_family = make_surname(r, *l.community);
    // Some parents come from different communities.
    const bool mixed = l.community->style != Style::british && r.chance(0.12);
    l.mother_family = make_surname(r, mixed ? communities().front() : *l.community);
    return l;
}

Name make_name(Random& r, const Lineage& l, Sex sex, const std::vector<std::string>& used,
               std::string_view alike) {
    const Community& c = *l.community;
    Name n;
    n.given = given_name(r, c, sex, used, alike);
    n.family = l.father_family;
    const Words& names = sex == Sex::female ? c.girls : c.boys;
    if (r.chance(0.7)) n.middle = r.one_of(names);
    if (n.middle == n.given) n.middle.clear();
    switch (c.style) {
        case Style::polish:
            n.family = polish_family(l.father_family, sex);
            break;
        case Style::portuguese:
            n.family = l.mother_family + " " + l.father_family;
            n.middle.clear();
            break;
        case Style::sikh:
            n.middle = sex == Sex::female ? "Kaur" : "Singh";
            if (r.chance(0.3)) n.family = n.middle;  // no other surname
            break;
        case Style::south_asian_muslim:
            n.family = muslim_family(r, l, sex);
            n.middle.clear();
            if (sex == Sex::male && n.given != "Muhammad" && r.chance(0.4)) {  // the name of use stands second
                n.middle = n.given;
                n.given = "Muhammad";
            }
            break;
        case Style::somali:
        case Style::arabic:
            n.middle = l.father_given;
            break;  // patronymic
        case Style::chinese: {
            static const Words kEnglish = words(kEnglishForChinese);
            n.middle = r.chance(0.5) ? std::string(r.one_of(kEnglish)) : std::string();
            break;
        }
        case Style::nigerian: {
            const Words& english = sex == Sex::female ? communities().front().girls : communities().front().boys;
            if (r.chance(0.6)) n.middle = r.one_of(english);
            break;
        }
        default:
            break;
    }
    return n;
}

const Words& nicknames_of(std::string_view given) {
    static const Map kMap = nicknames();
    return found(kMap, given);
}

const Words& spellings_of(std::string_view given) {
    static const Map kMap = groups(kSpellings);
    return found(kMap, given);
}

std::string without_accents(std::string_view text) {
    std::string out(text);
    for (const Accent& accent : kAccents)
        for (auto at = out.find(accent.with); at != std::string::npos; at = out.find(accent.with, at + 1))
            out.replace(at, accent.with.size(), accent.without);
    return out;
}

void rewrite_for_office(Random& r, Style style, Name& n, const Lineage& l) {
    const double u = r.unit();
    switch (style) {
        case Style::irish:
            if (u < 0.12)
                std::erase(n.family, '\'');
            else if (u < 0.18)
                std::replace(n.family.begin(), n.family.end(), '\'', ' ');
            else if (u < 0.24 && n.family.rfind("O'", 0) == 0)
                n.family.erase(0, 2);
            else if (u < 0.28 && n.family.rfind("Mc", 0) == 0)
                n.family.replace(0, 2, "Mac");
            break;
        case Style::polish:
            if (u < 0.08) n.family = polish_family(n.family, r.chance(0.5) ? Sex::female : Sex::male);
            break;
        case Style::portuguese:
            if (u < 0.45)
                n.family = l.father_family;
            else if (u < 0.53)
                n.family = l.mother_family;
            break;
        case Style::sikh:
            if (u < 0.20)
                n.family = n.middle;
            else if (u < 0.45)
                n.middle.clear();
            else if (u < 0.55)
                n.family = n.middle + " " + n.family;
            break;
        case Style::south_asian_muslim:
            if (!n.middle.empty() && u < 0.45) {  // "Muhammad Bilal" is called, and written, Bilal
                n.given = n.middle;
                n.middle.clear();
            } else if (u < 0.52 && n.family != l.father_family) {
                n.family = l.father_family;
            } else if (u < 0.57 && n.middle.empty()) {
                std::swap(n.given, n.family);
            }
            break;
        case Style::somali:
            if (u < 0.25)
                n.family = n.middle;  // the father's name taken for the surname
            else if (u < 0.45)
                n.middle.clear();
            break;
        case Style::arabic:
            if (u < 0.15 && n.family.size() > 3 && n.family[2] == '-')
                n.family.erase(0, 3);
            else if (u < 0.22 && n.family.size() > 3 && n.family[2] == '-')
                n.family.replace(0, 3, "El ");
            else if (u < 0.35)
                n.middle.clear();
            else if (u < 0.42)
                n.family = n.middle;
            break;
        case Style::nigerian:
            if (u < 0.25 && !n.middle.empty()) std::swap(n.given, n.middle);
            break;
        case Style::chinese:
            if (u < 0.12)
                std::swap(n.given, n.family);
            else if (u < 0.40 && !n.middle.empty())
                n.given = n.middle, n.middle.clear();
            else if (u < 0.50)
                std::replace(n.given.begin(), n.given.end(), '-', ' ');
            break;
        default:
            break;
    }
    if (r.chance(0.7)) {
        n.given = without_accents(n.given);
        n.middle = without_accents(n.middle);
        n.family = without_accents(n.family);
    }
    const auto hyphen = n.family.find('-');
    if (hyphen != std::string::npos && hyphen > 2) {  // double-barrelled
        const double h = r.unit();
        if (h < 0.15)
            n.family[hyphen] = ' ';
        else if (h < 0.25)
            n.family.resize(hyphen);
        else if (h < 0.33)
            n.family.erase(0, hyphen + 1);
    }
}

}  // namespace rowan::county
