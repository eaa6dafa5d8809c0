"""One invented story in eighteen languages: headline, byline, date as papers print it, paragraphs."""
# ruff: noqa: E501, RUF001 - prose is easier to read unbroken, and its signs are meant as they are

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WorldStory:
    """A story as one paper prints it.

    Attributes:
        language: ISO 639-1 code.
        site: name of the paper.
        byline: as printed; `people` are the names in it.
        date: as printed; it is 5 March 2026.
    """

    language: str
    site: str
    headline: str
    byline: str
    people: tuple[str, ...]
    date: str
    paragraphs: tuple[str, ...]


STORIES = {
    story.language: story
    for story in (
        WorldStory(
            "zh", "河畔晚报", "老桥将封闭一年进行维修", "记者 王小明", ("王小明",), "2026年3月5日",
            (
                "市议会星期二晚上决定，横跨大河的老桥从四月起封闭一年，以便对桥拱进行全面维修，工程费用约四百万元。",
                "工程师在检查时发现，七个桥拱中有三个出现裂缝，其中两条裂缝比手指还宽，市长说不能再等下去了。",
                "封闭期间将开设渡船，每十分钟一班，从早上六点运行到午夜，住在左岸的居民可以免费乘坐。",
                "桥边的店主担心生意受到影响，他们要求市政府在夏天以前修建一条临时的人行通道，并减免半年的租金。",
            ),
        ),
        WorldStory(
            "zh-Hant", "河岸日報", "老橋將封閉一年進行維修", "記者 陳大文", ("陳大文",), "2026年3月5日",
            (
                "市議會星期二晚上決定，橫跨大河的老橋從四月起封閉一年，以便對橋拱進行全面維修，工程費用約四百萬元。",
                "工程師在檢查時發現，七個橋拱中有三個出現裂縫，其中兩條裂縫比手指還寬，市長說不能再等下去了。",
                "封閉期間將開設渡船，每十分鐘一班，從早上六點運行到午夜，住在左岸的居民可以免費乘坐。",
                "橋邊的店主擔心生意受到影響，他們要求市政府在夏天以前修建一條臨時的人行通道，並減免半年的租金。",
            ),
        ),
        WorldStory(
            "ja", "川の新聞", "古い橋を一年間通行止めに、市が修理を決定", "記者 山田太郎", ("山田太郎",), "2026年3月5日",
            (
                "市議会は火曜日の夜、大きな川にかかる古い橋を四月から一年間通行止めにし、橋げたを全面的に修理することを決めた。費用はおよそ四億円になる見込みだ。",
                "技術者の調査では、七つのアーチのうち三つにひび割れが見つかり、そのうち二つは指の太さよりも広かった。市長は「これ以上は待てない」と述べた。",
                "工事の間は渡し船が朝六時から真夜中まで十分おきに運航され、左岸の住民は無料で乗ることができる。",
                "橋のそばの商店主たちは売り上げが落ちることを心配しており、夏までに仮の歩道を設けるよう市に求めている。",
            ),
        ),
        WorldStory(
            "ko", "강변일보", "낡은 다리 1년 동안 통행 금지, 시의회 결정", "김철수 기자", ("김철수",), "2026년 3월 5일",
            (
                "시의회는 화요일 저녁 큰 강을 가로지르는 낡은 다리를 4월부터 1년 동안 막고 아치를 모두 고치기로 결정했다. 공사비는 약 40억 원이 들 것으로 보인다.",
                "기술자들은 일곱 개의 아치 가운데 세 개에서 금을 찾아냈으며, 그중 두 개는 손가락보다 넓었다. 시장은 더 이상 기다릴 수 없다고 말했다.",
                "공사 기간에는 나룻배가 아침 여섯 시부터 자정까지 십 분마다 다니고, 왼쪽 강가에 사는 주민은 무료로 탈 수 있다.",
                "다리 옆의 가게 주인들은 장사가 안될까 걱정하며, 여름이 되기 전에 임시 보행로를 만들어 달라고 시에 요구하고 있다.",
            ),
        ),
        WorldStory(
            "th", "ข่าวริมน้ำ", "สะพานเก่าจะปิดซ่อมเป็นเวลาหนึ่งปี", "โดย สมชาย ใจดี", ("สมชาย ใจดี",), "5 มีนาคม 2569",
            (
                "สภาเมืองมีมติเมื่อเย็นวันอังคารให้ปิดสะพานเก่าข้ามแม่น้ำสายใหญ่เป็นเวลาหนึ่งปีตั้งแต่เดือนเมษายน เพื่อซ่อมแซมโค้งสะพานทั้งหมด ค่าใช้จ่ายประมาณสี่สิบล้านบาท",
                "วิศวกรตรวจพบรอยร้าวในโค้งสะพานสามจากทั้งหมดเจ็ดโค้ง และสองรอยกว้างกว่านิ้วมือ นายกเทศมนตรีกล่าวว่าไม่สามารถรอต่อไปได้อีกแล้ว",
                "ระหว่างการซ่อมแซมจะมีเรือข้ามฟากทุกสิบนาทีตั้งแต่หกโมงเช้าจนถึงเที่ยงคืน และผู้ที่อาศัยอยู่ฝั่งซ้ายสามารถใช้บริการได้โดยไม่เสียค่าใช้จ่าย",
                "เจ้าของร้านค้าใกล้สะพานกังวลว่ารายได้จะลดลง จึงขอให้เทศบาลสร้างทางเดินชั่วคราวก่อนถึงฤดูร้อนและลดค่าเช่าเป็นเวลาครึ่งปี",
            ),
        ),
        WorldStory(
            "ar", "صحيفة النهر", "إغلاق الجسر القديم لمدة عام كامل", "بقلم: أحمد الخطيب", ("أحمد الخطيب",), "٥ مارس ٢٠٢٦",
            (
                "قرر مجلس المدينة مساء الثلاثاء إغلاق الجسر القديم فوق النهر الكبير لمدة عام كامل ابتداء من شهر أبريل، وذلك لإصلاح جميع أقواسه بتكلفة تبلغ نحو أربعة ملايين.",
                "وقال المهندسون إنهم وجدوا شقوقا في ثلاثة من الأقواس السبعة، وإن اثنين منها أعرض من الإصبع، وأكد رئيس البلدية أنه لا يمكن الانتظار أكثر من ذلك.",
                "وستعمل عبارة كل عشر دقائق من السادسة صباحا حتى منتصف الليل خلال فترة الإصلاح، وستكون مجانية لسكان الضفة اليسرى من النهر.",
                "ويخشى أصحاب المحلات القريبة من الجسر أن تتراجع تجارتهم، ويطالبون البلدية بإقامة ممر مؤقت للمشاة قبل حلول فصل الصيف.",
            ),
        ),
        WorldStory(
            "fa", "روزنامه رودخانه", "پل قدیمی یک سال بسته می‌شود", "نویسنده: مریم احمدی", ("مریم احمدی",), "۵ مارس ۲۰۲۶",
            (
                "شورای شهر عصر سه‌شنبه تصمیم گرفت پل قدیمی روی رودخانه بزرگ را از ماه آوریل به مدت یک سال ببندد تا همه طاق‌های آن تعمیر شود و هزینه این کار حدود چهار میلیون است.",
                "مهندسان در سه طاق از هفت طاق پل ترک‌هایی پیدا کردند که دو مورد از آن‌ها از یک انگشت پهن‌تر است و شهردار گفت که دیگر نمی‌توان صبر کرد.",
                "در مدت تعمیر، قایق هر ده دقیقه از ساعت شش صبح تا نیمه‌شب مسافران را جابه‌جا می‌کند و برای ساکنان ساحل چپ رایگان خواهد بود.",
                "مغازه‌داران نزدیک پل نگران کسب‌وکار خود هستند و از شهرداری می‌خواهند که پیش از تابستان یک گذرگاه موقت برای پیاده‌ها بسازد.",
            ),
        ),
        WorldStory(
            "he", "עיתון הנהר", "הגשר הישן ייסגר לשנה שלמה", "מאת דנה לוי", ("דנה לוי",), "5 במרץ 2026",
            (
                "מועצת העיר החליטה ביום שלישי בערב לסגור את הגשר הישן מעל הנהר הגדול למשך שנה שלמה החל מחודש אפריל, כדי לתקן את כל הקשתות שלו בעלות של כארבעה מיליון.",
                "המהנדסים מצאו סדקים בשלוש מתוך שבע הקשתות, ושניים מהם רחבים יותר מאצבע. ראש העיר אמרה שאי אפשר לחכות עוד.",
                "בזמן התיקון תפעל מעבורת בכל עשר דקות משש בבוקר ועד חצות, והיא תהיה חינם לתושבי הגדה השמאלית של הנהר.",
                "בעלי החנויות שליד הגשר חוששים לפרנסתם, והם מבקשים מהעירייה להקים מעבר זמני להולכי רגל עוד לפני הקיץ.",
            ),
        ),
        WorldStory(
            "hi", "नदी समाचार", "पुराना पुल एक साल के लिए बंद रहेगा", "लेखक: राम शर्मा", ("राम शर्मा",), "५ मार्च २०२६",
            (
                "नगर परिषद ने मंगलवार की शाम को फैसला किया कि बड़ी नदी पर बना पुराना पुल अप्रैल से एक साल के लिए बंद रहेगा, ताकि उसके सभी मेहराबों की मरम्मत की जा सके।",
                "इंजीनियरों ने सात में से तीन मेहराबों में दरारें पाईं और उनमें से दो दरारें उंगली से भी चौड़ी हैं। महापौर ने कहा कि अब और इंतज़ार नहीं किया जा सकता।",
                "मरम्मत के दौरान सुबह छह बजे से आधी रात तक हर दस मिनट में नाव चलेगी और बाएँ किनारे पर रहने वालों के लिए यह मुफ़्त होगी।",
                "पुल के पास के दुकानदारों को अपने कारोबार की चिंता है और वे चाहते हैं कि गर्मियों से पहले पैदल चलने वालों के लिए एक अस्थायी रास्ता बनाया जाए।",
            ),
        ),
        WorldStory(
            "ru", "Речной вестник", "Старый мост закроют на год", "Автор: Анна Петрова", ("Анна Петрова",), "5 марта 2026",
            (
                "Городской совет решил во вторник вечером закрыть старый мост через большую реку на год, начиная с апреля, чтобы отремонтировать все его арки. Работы обойдутся в четыре миллиона.",
                "Инженеры нашли трещины в трёх арках из семи, и две из них шире пальца. Мэр сказала, что ждать больше нельзя, потому что зимой мост может не выдержать.",
                "Во время ремонта каждые десять минут с шести утра до полуночи будет ходить паром, и для жителей левого берега он будет бесплатным.",
                "Владельцы магазинов у моста опасаются за свою торговлю и просят город до лета построить временный переход для пешеходов.",
            ),
        ),
        WorldStory(
            "uk", "Річковий вісник", "Старий міст закриють на рік", "Автор: Олена Коваль", ("Олена Коваль",), "5 березня 2026",
            (
                "Міська рада вирішила у вівторок увечері закрити старий міст через велику річку на рік, починаючи з квітня, щоб відремонтувати всі його арки. Роботи коштуватимуть чотири мільйони.",
                "Інженери знайшли тріщини у трьох арках із семи, і дві з них ширші за палець. Міська голова сказала, що чекати більше не можна, бо взимку міст може не витримати.",
                "Під час ремонту кожні десять хвилин із шостої ранку до опівночі ходитиме пором, і для мешканців лівого берега він буде безкоштовним.",
                "Власники крамниць біля мосту побоюються за свою торгівлю і просять місто до літа збудувати тимчасовий перехід для пішоходів.",
            ),
        ),
        WorldStory(
            "el", "Εφημερίδα του Ποταμού", "Η παλιά γέφυρα κλείνει για έναν χρόνο", "Της Μαρίας Παπαδοπούλου", ("Μαρίας Παπαδοπούλου",), "5 Μαρτίου 2026",
            (
                "Το δημοτικό συμβούλιο αποφάσισε το βράδυ της Τρίτης να κλείσει την παλιά γέφυρα πάνω από το μεγάλο ποτάμι για έναν χρόνο από τον Απρίλιο, ώστε να επισκευαστούν όλες οι καμάρες της.",
                "Οι μηχανικοί βρήκαν ρωγμές σε τρεις από τις επτά καμάρες και δύο από αυτές είναι πιο φαρδιές από ένα δάχτυλο. Η δήμαρχος είπε ότι δεν μπορούμε να περιμένουμε άλλο.",
                "Στη διάρκεια των έργων ένα πορθμείο θα περνά κάθε δέκα λεπτά από τις έξι το πρωί ως τα μεσάνυχτα και θα είναι δωρεάν για όσους μένουν στην αριστερή όχθη.",
                "Οι καταστηματάρχες κοντά στη γέφυρα φοβούνται για τη δουλειά τους και ζητούν από τον δήμο να φτιάξει ως το καλοκαίρι ένα προσωρινό πέρασμα για τους πεζούς.",
            ),
        ),
        WorldStory(
            "pl", "Kurier Rzeczny", "Stary most zostanie zamknięty na rok", "Autor: Łucja Wiśniewska", ("Łucja Wiśniewska",), "5 marca 2026",
            (
                "Rada miasta zdecydowała we wtorek wieczorem, że stary most nad wielką rzeką zostanie od kwietnia zamknięty na rok, żeby można było naprawić wszystkie jego łuki. Prace będą kosztować cztery miliony.",
                "Inżynierowie znaleźli pęknięcia w trzech z siedmiu łuków, a dwa z nich są szersze niż palec. Burmistrzyni powiedziała, że nie można dłużej czekać.",
                "W czasie remontu co dziesięć minut od szóstej rano do północy będzie kursował prom, bezpłatny dla wszystkich mieszkańców lewego brzegu.",
                "Właściciele sklepów przy moście boją się o swoje zarobki i proszą miasto, żeby jeszcze przed latem zbudowało tymczasową kładkę dla pieszych.",
            ),
        ),
        WorldStory(
            "cs", "Říční noviny", "Starý most se na rok uzavře", "Autor: Jiří Dvořák", ("Jiří Dvořák",), "5. března 2026",
            (
                "Městská rada v úterý večer rozhodla, že se starý most přes velkou řeku od dubna na rok uzavře, aby bylo možné opravit všechny jeho oblouky. Práce budou stát čtyři miliony.",
                "Inženýři našli trhliny ve třech ze sedmi oblouků a dvě z nich jsou širší než prst. Starostka řekla, že už není možné déle čekat.",
                "Během opravy bude každých deset minut od šesti ráno do půlnoci jezdit přívoz, pro obyvatele levého břehu zdarma.",
                "Majitelé obchodů u mostu se bojí o své tržby a žádají město, aby do léta postavilo dočasnou lávku pro pěší.",
            ),
        ),
        WorldStory(
            "tr", "Nehir Gazetesi", "Eski köprü bir yıl kapalı kalacak", "Yazar: Ayşe Yıldız", ("Ayşe Yıldız",), "5 Mart 2026",
            (
                "Belediye meclisi salı akşamı, büyük nehrin üzerindeki eski köprünün bütün kemerlerinin onarılması için nisan ayından başlayarak bir yıl kapatılmasına karar verdi. Çalışmalar dört milyona mal olacak.",
                "Mühendisler yedi kemerin üçünde çatlak buldu ve bunlardan ikisi bir parmaktan daha geniş. Belediye başkanı artık daha fazla beklenemeyeceğini söyledi.",
                "Onarım sırasında sabah altıdan gece yarısına kadar her on dakikada bir vapur kalkacak ve sol kıyıda oturanlar için ücretsiz olacak.",
                "Köprünün yanındaki dükkân sahipleri işlerinin azalmasından korkuyor ve belediyeden yaza kadar yayalar için geçici bir geçit yapmasını istiyor.",
            ),
        ),
        WorldStory(
            "fr", "Le Courrier du Fleuve", "Le vieux pont fermé pendant un an", "Par Hélène Lefèvre", ("Hélène Lefèvre",), "5 mars 2026",
            (
                "Le conseil municipal a décidé mardi soir de fermer pendant un an, à partir d’avril, le vieux pont sur le fleuve afin de réparer toutes ses arches. Les travaux coûteront quatre millions d’euros.",
                "Des ingénieurs ont trouvé des fissures dans trois des sept arches, et deux d’entre elles sont plus larges qu’un doigt. On ne peut plus attendre, a déclaré la maire.",
                "Pendant les travaux, un bac passera toutes les dix minutes de six heures du matin à minuit, gratuit pour les habitants de la rive gauche.",
                "Les commerçants voisins du pont craignent pour leurs affaires et demandent à la ville de construire avant l’été une passerelle provisoire pour les piétons.",
            ),
        ),
        WorldStory(
            "de", "Flussbote", "Die alte Brücke wird ein Jahr gesperrt", "Von Jörg Müller", ("Jörg Müller",), "5. März 2026",
            (
                "Der Stadtrat hat am Dienstagabend beschlossen, die alte Brücke über den großen Fluss von April an ein Jahr lang zu sperren, damit alle Bögen ausgebessert werden können. Die Arbeiten kosten vier Millionen.",
                "Ingenieure hatten Risse in drei der sieben Bögen gefunden, und zwei davon sind breiter als ein Finger. Länger könne man nicht warten, sagte die Bürgermeisterin.",
                "Während der Arbeiten fährt von sechs Uhr früh bis Mitternacht alle zehn Minuten eine Fähre, kostenlos für alle, die am linken Ufer wohnen.",
                "Die Händler an der Brücke fürchten um ihr Geschäft und bitten die Stadt, noch vor dem Sommer einen Steg für Fußgänger zu bauen.",
            ),
        ),
        WorldStory(
            "vi", "Báo Bờ Sông", "Cầu cũ sẽ đóng cửa một năm để sửa chữa", "Tác giả: Nguyễn Văn An", ("Nguyễn Văn An",), "5 tháng 3 năm 2026",
            (
                "Hội đồng thành phố tối thứ Ba đã quyết định đóng cửa cây cầu cũ bắc qua sông lớn trong một năm kể từ tháng Tư để sửa chữa toàn bộ các nhịp cầu, với chi phí khoảng bốn triệu.",
                "Các kỹ sư đã tìm thấy vết nứt ở ba trong bảy nhịp cầu, hai vết trong số đó rộng hơn một ngón tay. Thị trưởng nói rằng không thể chờ đợi lâu hơn nữa.",
                "Trong thời gian sửa chữa, phà sẽ chạy mười phút một chuyến từ sáu giờ sáng đến nửa đêm và miễn phí cho người dân bờ trái.",
                "Các chủ cửa hàng gần cầu lo lắng cho việc buôn bán của họ và đề nghị thành phố xây một lối đi tạm cho người đi bộ trước mùa hè.",
            ),
        ),
    )
}  # fmt: skip
