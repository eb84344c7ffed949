"""Which names are pointed out as one body and which are not, and the figure that parts them."""

import pytest

from sponsors.selectors.similar import ALIKE, likeness, renames, similar_sponsors
from tests.factories import make_sponsor

ONE_BODY = [
    ("Sở TN&MT", "Sở Tài nguyên và Môi trường"),
    ("Sở TNMT tỉnh Hà Tĩnh", "Sở Tài nguyên và Môi trường"),
    ("so tai nguyen - moi truong", "Sở Tài nguyên và Môi trường"),
    ("Sở Môi trường và Tài nguyên", "Sở Tài nguyên và Môi trường"),
    ("Sở Tài nguyên và Môi trừong", "Sở Tài nguyên và Môi trường"),
    ("Sở GD&ĐT", "Sở Giáo dục và Đào tạo"),
    ("Sở LĐ-TB&XH", "Sở Lao động, Thương binh và Xã hội"),
    ("Sở NN&PTNT", "Sở Nông nghiệp và Phát triển nông thôn"),
    ("Sở Nông nghiệp và PTNT", "Sở Nông nghiệp và Phát triển nông thôn"),
    ("CA tỉnh", "Công an tỉnh Hà Tĩnh"),
    ("BCH QS tỉnh", "Bộ Chỉ huy Quân sự tỉnh"),
    ("BCHQS tỉnh", "Bộ Chỉ huy Quân sự tỉnh"),
    ("BĐBP tỉnh", "Bộ đội Biên phòng tỉnh"),
    ("UBMTTQ tỉnh", "Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh"),
    ("TAND tỉnh", "Toà án nhân dân tỉnh Hà Tĩnh"),
    ("VKSND tỉnh", "Viện Kiểm sát nhân dân tỉnh"),
    ("Viện KSND tỉnh", "Viện Kiểm sát nhân dân tỉnh"),
    ("Hội LHPN tỉnh", "Hội Liên hiệp Phụ nữ tỉnh"),
    ("LĐLĐ tỉnh", "Liên đoàn Lao động tỉnh"),
    ("Hội CCB tỉnh", "Hội Cựu chiến binh tỉnh"),
    ("Cty TNHH Hoàng Anh", "Công ty trách nhiệm hữu hạn Hoàng Anh"),
    ("Cty CP Hoàng Anh", "Công ty cổ phần Hoàng Anh"),
    ("NH Nhà nước tỉnh", "Ngân hàng Nhà nước Chi nhánh tỉnh"),
    ("Sở Tư hpáp", "Sở Tư pháp"),
    ("Sơ tư phap", "Sở Tư pháp"),
    ("Bệnh viện Đa khao tỉnh", "Bệnh viện Đa khoa tỉnh"),
    ("Tỉnh hội Nông dân", "Hội Nông dân tỉnh"),
]
TWO_BODIES = [
    ("Sở Tư pháp", "Sở Tài chính"),
    ("Sở Y tế", "Sở Nội vụ"),
    ("Sở Xây dựng", "Sở Công Thương"),
    ("Sở Giáo dục và Đào tạo", "Sở Khoa học và Công nghệ"),
    ("Sở Nông nghiệp và Môi trường", "Sở Nông nghiệp và Phát triển nông thôn"),
    ("Công an tỉnh", "Sở Công Thương"),
    ("Công an tỉnh", "Công an huyện Hương Khê"),
    ("Huyện Thạch Hà", "Huyện Lộc Hà"),
    ("Huyện Hương Khê", "Huyện Hương Sơn"),
    ("Công an huyện Hương Khê", "Công an huyện Hương Sơn"),
    ("TAND tỉnh", "VKSND tỉnh"),
    ("Tòa án nhân dân tỉnh", "Viện Kiểm sát nhân dân tỉnh"),
    ("Hội Nông dân tỉnh", "Hội Cựu chiến binh tỉnh"),
    ("Hội Nông dân tỉnh", "Hội Chữ thập đỏ tỉnh"),
    ("Bộ Chỉ huy Quân sự tỉnh", "Bộ Chỉ huy Bộ đội Biên phòng tỉnh"),
    ("Công ty TNHH Hoàng Anh", "Công ty TNHH Hoàng Long"),
    ("Ngân hàng Nhà nước", "Ngân hàng Chính sách xã hội"),
    ("Ngân hàng Nông nghiệp", "Sở Nông nghiệp và Môi trường"),
    ("Sở minh họa 01", "Sở minh họa 02"),
    ("Công ty Điện lực", "Công ty Cấp nước"),
    ("Cục Thuế tỉnh", "Cục Thống kê tỉnh"),
]


@pytest.mark.parametrize(("one", "other"), ONE_BODY)
def test_names_of_one_body_are_alike(one, other):
    assert likeness(one, other) >= ALIKE
    assert likeness(other, one) == likeness(one, other)


@pytest.mark.parametrize(("one", "other"), TWO_BODIES)
def test_names_of_two_bodies_are_not(one, other):
    assert likeness(one, other) < ALIKE


@pytest.mark.django_db
def test_former_name_points_out_the_renamed_body_with_its_source(django_assert_num_queries):
    there = make_sponsor(name="Sở Nông nghiệp và Môi trường")
    make_sponsor(name="Sở Y tế")
    renames()

    with django_assert_num_queries(1):
        found = similar_sponsors("Sở NN&PTNT")

    assert [row.pk for row in found] == [there.pk]
    assert "chưa xác minh" in found[0].why


@pytest.mark.django_db
def test_later_name_points_out_the_former_one():
    there = make_sponsor(name="Sở Giao thông vận tải")

    assert [row.pk for row in similar_sponsors("Sở Xây dựng")] == [there.pk]


@pytest.mark.django_db
def test_short_name_counts_and_the_edited_sponsor_does_not():
    one = make_sponsor(name="Quỹ thiện tâm", short_name="Cựu chiến binh tỉnh")

    assert [row.pk for row in similar_sponsors("Hội CCB")] == [one.pk]
    assert similar_sponsors("Hội CCB", exclude=one.pk) == []
    assert similar_sponsors("H") == []
