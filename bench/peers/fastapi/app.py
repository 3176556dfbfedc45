"""Four of the old backend's routes on FastAPI, SQLAlchemy and psycopg: what `npm run bench -- api` compares with.

It works on the plant server's own database, as the role `viruj_runtime` under the row policies, and makes the same
checks: the token's signature, issuer, audience and times, a session and a person that are alive, the role, the plants.
Columns, order and texts are those of the plant server.
"""

import os
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated
from zoneinfo import ZoneInfo

import jwt
from fastapi import Depends, FastAPI, HTTPException, Query, Request, status
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Numeric, exists, func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SECRET_KEY = os.environ["PEER_SECRET_KEY"]
ISSUER = "urn:viruj:peer"
AUDIENCE = "viruj-legacy"
SEES_ALL_PLANTS = {"Management", "System Admin", "Finance Officer", "Sales Person"}

# Each worker has a pool of 20; nobody waits for a connection at 32 requests over two workers.
engine = create_async_engine(
    os.environ["PEER_DATABASE_URL"],
    pool_size=20,
    max_overflow=0,
    connect_args={"options": "-c role=viruj_runtime -c viruj.plants=* -c timezone=UTC"},
)
sessions = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    role: Mapped[str]
    department: Mapped[str]
    plant_id: Mapped[str | None]
    is_active: Mapped[bool]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime | None]
    must_change_password: Mapped[bool]


class UserPlant(Base):
    __tablename__ = "user_plants"

    user_id: Mapped[str] = mapped_column(primary_key=True)
    plant_id: Mapped[str] = mapped_column(primary_key=True)


class Session(Base):
    __tablename__ = "sessions"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    user_id: Mapped[str]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Plant(Base):
    __tablename__ = "plants"

    id: Mapped[str] = mapped_column(primary_key=True)
    manager_id: Mapped[str | None]
    time_zone: Mapped[str]


class Notification(Base):
    __tablename__ = "notifications"

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str]
    plant_id: Mapped[str]
    title: Mapped[str]
    message: Mapped[str]
    type: Mapped[str]
    is_read: Mapped[bool]
    created_at: Mapped[datetime]


class Counter(Base):
    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class GateEntry(Base):
    __tablename__ = "gate_entries"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    entry_code: Mapped[str]
    material_name: Mapped[str]
    material_category: Mapped[str | None]
    po_number: Mapped[str | None]
    vehicle_name: Mapped[str | None]
    vehicle_number: Mapped[str]
    driver_name: Mapped[str | None]
    driver_contact: Mapped[str | None]
    supplier_name: Mapped[str | None]
    document_number: Mapped[str | None]
    quantity: Mapped[Decimal | None] = mapped_column(Numeric(12, 3))
    uom: Mapped[str | None]
    remarks: Mapped[str | None]
    seal_intact: Mapped[bool | None]
    status: Mapped[str]
    plant_id: Mapped[str | None]
    created_by: Mapped[str | None]
    created_by_name: Mapped[str | None]
    created_at: Mapped[datetime]


class UserEntry(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: str
    name: str
    email: str
    role: str
    department: str
    plant_id: str | None
    is_active: bool


class UserResponse(UserEntry):
    created_at: datetime
    updated_at: datetime | None


class SecurityLogCreate(BaseModel):
    material_name: str = Field(min_length=2, max_length=150)
    material_category: str | None = Field(default=None, max_length=100)
    po_number: str | None = Field(default=None, max_length=60)
    vehicle_name: str | None = Field(default=None, max_length=80)
    vehicle_number: str = Field(min_length=4, max_length=40)
    driver_name: str | None = Field(default=None, max_length=100)
    driver_contact: str | None = Field(default=None, max_length=30)
    supplier_name: str | None = Field(default=None, max_length=150)
    document_number: str | None = Field(default=None, max_length=80)
    quantity: float | None = Field(default=None, gt=0)
    uom: str | None = Field(default=None, max_length=20)
    remarks: str | None = Field(default=None, max_length=500)
    seal_intact: bool | None = True
    plant_id: str | None = Field(default=None, max_length=50)


class SecurityLogResponse(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    material_name: str
    material_category: str | None
    po_number: str | None
    vehicle_name: str | None
    vehicle_number: str
    driver_name: str | None
    driver_contact: str | None
    supplier_name: str | None
    document_number: str | None
    quantity: float | None
    uom: str | None
    remarks: str | None
    seal_intact: bool | None
    plant_id: str | None
    id: uuid.UUID
    entry_code: str
    status: str
    created_by: str | None
    created_by_name: str | None
    created_at: datetime


async def database():
    async with sessions() as session:
        yield session


Database = Annotated[AsyncSession, Depends(database)]


async def signed_in(request: Request, db: Database) -> User:
    """The person of a good token whose session and account are alive."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if not token or scheme.lower() != "bearer":
        raise HTTPException(status.HTTP_403_FORBIDDEN, "Not authenticated")
    refused = HTTPException(
        status.HTTP_401_UNAUTHORIZED, "Could not validate credentials", {"WWW-Authenticate": "Bearer"}
    )
    try:
        claims = jwt.decode(
            token,
            SECRET_KEY,
            algorithms=["HS256"],
            audience=AUDIENCE,
            issuer=ISSUER,
            options={"require": ["exp", "nbf", "aud", "iss", "sub"]},
        )
        session_id = uuid.UUID(claims["sid"])
    except (jwt.PyJWTError, KeyError, ValueError):
        raise refused from None
    user = await db.scalar(
        select(User)
        .join(Session, Session.user_id == User.id)
        .where(
            Session.id == session_id,
            Session.revoked_at.is_(None),
            Session.expires_at > func.now(),
            User.id == claims["sub"],
            User.is_active,
        )
    )
    if user is None:
        raise refused
    return user


Person = Annotated[User, Depends(signed_in)]


async def plants_of(db: AsyncSession, user: User) -> list[str] | None:
    """The plants that a person sees; none when they see all."""
    named = list(await db.scalars(select(UserPlant.plant_id).where(UserPlant.user_id == user.id)))
    if not named and user.plant_id is None and user.role in SEES_ALL_PLANTS:
        return None
    return named if user.plant_id is None or user.plant_id in named else [*named, user.plant_id]


app = FastAPI()


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/api/auth/me", response_model=UserResponse)
async def me(person: Person):
    return person


@app.get("/api/users/{user_id}", response_model=UserEntry)
async def show_user(user_id: str, _: Person, db: Database):
    user = await db.get(User, user_id)
    if user is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "User not found")
    return user


@app.get("/api/security/logs", response_model=list[SecurityLogResponse])
async def list_gate_entries(person: Person, db: Database, status_filter: Annotated[str | None, Query()] = None):
    entries = select(GateEntry).order_by(func.coalesce(GateEntry.created_at, text("'epoch'")).desc(), GateEntry.id.desc())
    if status_filter is not None:
        entries = entries.where(GateEntry.status == status_filter)
    plants = await plants_of(db, person)
    if plants is not None:
        entries = entries.where(or_(*(GateEntry.plant_id == plant for plant in plants)))
    return (await db.scalars(entries)).all()


@app.post("/api/security/logs", response_model=SecurityLogResponse, status_code=status.HTTP_201_CREATED)
async def create_gate_entry(body: SecurityLogCreate, person: Person, db: Database):
    if person.role != "Security Officer":
        raise HTTPException(status.HTTP_403_FORBIDDEN, "Only Security Officers can create gate entries")
    # The trail's triggers ask for the author of every change.
    await db.execute(text("SELECT set_config('viruj.actor', :actor, true)"), {"actor": person.id})
    plant_id = body.plant_id or person.plant_id
    zone = await db.scalar(select(Plant.time_zone).where(Plant.id == plant_id))
    now = datetime.now(UTC)
    month = f"{now.astimezone(ZoneInfo(zone)):%m%y}"
    drawn = insert(Counter).values(name=f"GATE-{month}", value=1)
    number = await db.scalar(
        drawn.on_conflict_do_update(index_elements=[Counter.name], set_={"value": Counter.value + 1}).returning(
            Counter.value
        )
    )
    entry = GateEntry(
        **body.model_dump(exclude={"vehicle_number", "quantity", "plant_id"}),
        id=uuid.uuid4(),
        entry_code=f"{month}{number:03}",
        vehicle_number=body.vehicle_number.upper(),
        quantity=None if body.quantity is None else Decimal(str(body.quantity)),
        status="Awaiting GRN",
        plant_id=plant_id,
        created_by=person.id,
        created_by_name=person.name,
        created_at=now,
    )
    db.add(entry)
    told = await db.scalars(
        select(User.id)
        .where(
            User.role == "Warehouse Manager",
            User.is_active,
            or_(
                User.plant_id == plant_id,
                exists().where(UserPlant.user_id == User.id, UserPlant.plant_id == plant_id),
                exists().where(Plant.id == plant_id, Plant.manager_id == User.id),
            ),
        )
        .order_by(User.id)
    )
    message = (
        f"{entry.material_name} from {entry.supplier_name or 'an unknown supplier'} arrived via {entry.vehicle_number}. "
        f"Create GRN referencing security log {entry.entry_code}."
    )
    db.add_all(
        Notification(
            id=str(uuid.uuid4()),
            user_id=user_id,
            plant_id=plant_id,
            title="Gate entry awaiting GRN",
            message=message,
            type="action",
            is_read=False,
            created_at=now,
        )
        for user_id in told
    )
    await db.commit()
    return entry
